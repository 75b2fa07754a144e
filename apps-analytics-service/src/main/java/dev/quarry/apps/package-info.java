/**
 * Mixpeek's analytics and logs of deployed apps. The annotation has the parts of the OpenAPI document that the
 * endpoints share; it is here because the scanner reads the annotations of packages.
 */
@OpenAPIDefinition(
        info =
                @Info(
                        title = "Quarry app analytics",
                        version = "1.0.0",
                        description = "Errors, web vitals, events and logs of deployed apps."),
        components =
                @Components(
                        parameters = {
                            @Parameter(
                                    name = "app_id",
                                    in = ParameterIn.PATH,
                                    required = true,
                                    schema = @Schema(type = SchemaType.STRING, title = "App Id")),
                            @Parameter(
                                    name = "log_type",
                                    in = ParameterIn.QUERY,
                                    description = "Log type: runtime or requests",
                                    schema =
                                            @Schema(
                                                    type = SchemaType.STRING,
                                                    defaultValue = "runtime",
                                                    title = "Log Type",
                                                    description = "Log type: runtime or requests")),
                            @Parameter(
                                    name = "level",
                                    in = ParameterIn.QUERY,
                                    description = "Filter by log level (runtime only)",
                                    schema =
                                            @Schema(
                                                    type = SchemaType.STRING,
                                                    nullable = true,
                                                    title = "Level",
                                                    description = "Filter by log level (runtime only)")),
                            @Parameter(
                                    name = "q",
                                    in = ParameterIn.QUERY,
                                    description = "Extension: only entries whose message (runtime) or path (requests)"
                                            + " contains this, in upper or lower case",
                                    schema = @Schema(type = SchemaType.STRING, maxLength = 200))
                        },
                        responses = {
                            @APIResponse(
                                    name = "BadRequest",
                                    description = "Bad Request",
                                    content =
                                            @Content(
                                                    mediaType = MediaType.APPLICATION_JSON,
                                                    schema = @Schema(implementation = AppsError.class))),
                            @APIResponse(
                                    name = "Unauthorized",
                                    description = "Unauthorized",
                                    content =
                                            @Content(
                                                    mediaType = MediaType.APPLICATION_JSON,
                                                    schema = @Schema(implementation = AppsError.class))),
                            @APIResponse(
                                    name = "Forbidden",
                                    description = "Forbidden",
                                    content =
                                            @Content(
                                                    mediaType = MediaType.APPLICATION_JSON,
                                                    schema = @Schema(implementation = AppsError.class))),
                            @APIResponse(
                                    name = "NotFound",
                                    description = "Not Found",
                                    content =
                                            @Content(
                                                    mediaType = MediaType.APPLICATION_JSON,
                                                    schema = @Schema(implementation = AppsError.class))),
                            @APIResponse(
                                    name = "Invalid",
                                    description = "Validation Error",
                                    content =
                                            @Content(
                                                    mediaType = MediaType.APPLICATION_JSON,
                                                    schema = @Schema(implementation = AppsValidationError.class))),
                            @APIResponse(
                                    name = "Failed",
                                    description = "Internal Server Error",
                                    content =
                                            @Content(
                                                    mediaType = MediaType.APPLICATION_JSON,
                                                    schema = @Schema(implementation = AppsError.class)))
                        }))
package dev.quarry.apps;

import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
