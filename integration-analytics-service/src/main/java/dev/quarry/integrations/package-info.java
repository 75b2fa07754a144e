/**
 * Feather's dashboard of integration invocations. The annotation has the parts of the OpenAPI document that the
 * endpoints share; it is here because the scanner looks for it on packages.
 */
@OpenAPIDefinition(
        info = @Info(title = "Quarry integration analytics", version = "1.0.0"),
        tags = @Tag(name = "analytics"),
        security = @SecurityRequirement(name = "APIKeyHeader"),
        components =
                @Components(
                        securitySchemes =
                                @SecurityScheme(
                                        securitySchemeName = "APIKeyHeader",
                                        type = SecuritySchemeType.APIKEY,
                                        in = SecuritySchemeIn.HEADER,
                                        apiKeyName = "x-api-key"),
                        parameters = {
                            @Parameter(
                                    name = "granularity",
                                    in = ParameterIn.QUERY,
                                    description = "How long a bucket of a series is",
                                    schema =
                                            @Schema(
                                                    type = SchemaType.STRING,
                                                    pattern = Slice.GRANULARITY_PATTERN,
                                                    defaultValue = "hour")),
                            @Parameter(
                                    name = "integration_key",
                                    in = ParameterIn.QUERY,
                                    description = "Only this integration",
                                    schema = @Schema(type = SchemaType.STRING, nullable = true)),
                            @Parameter(
                                    name = "mode",
                                    in = ParameterIn.QUERY,
                                    description = "Only invocations that went this way",
                                    schema = @Schema(type = SchemaType.STRING, nullable = true)),
                            @Parameter(
                                    name = "slug",
                                    in = ParameterIn.QUERY,
                                    description = "Only this tool",
                                    schema = @Schema(type = SchemaType.STRING, nullable = true)),
                            @Parameter(
                                    name = "start_date",
                                    in = ParameterIn.QUERY,
                                    required = true,
                                    description = "First day, inclusive",
                                    schema = @Schema(type = SchemaType.STRING, format = "date")),
                            @Parameter(
                                    name = "end_date",
                                    in = ParameterIn.QUERY,
                                    required = true,
                                    description = "Last day, inclusive",
                                    schema = @Schema(type = SchemaType.STRING, format = "date")),
                            @Parameter(
                                    name = "tz",
                                    in = ParameterIn.QUERY,
                                    description = "IANA time zone in which days and buckets begin",
                                    schema = @Schema(type = SchemaType.STRING, defaultValue = "UTC")),
                            @Parameter(
                                    name = "compare",
                                    in = ParameterIn.QUERY,
                                    description = "With `previous`, each row comes as `current` beside its `previous`"
                                            + " counterpart of the window of equal length before",
                                    schema =
                                            @Schema(
                                                    type = SchemaType.STRING,
                                                    enumeration = {"none", "previous"},
                                                    defaultValue = "none")),
                            @Parameter(
                                    name = "limit",
                                    in = ParameterIn.QUERY,
                                    description = Groups.LIMIT_DESCRIPTION,
                                    schema =
                                            @Schema(
                                                    type = SchemaType.INTEGER,
                                                    minimum = "1",
                                                    maximum = "1000",
                                                    defaultValue = "1000"))
                        },
                        responses = {
                            @APIResponse(
                                    name = "BadRequest",
                                    description = "The window ends before it starts or is too long",
                                    content =
                                            @Content(
                                                    mediaType = MediaType.APPLICATION_JSON,
                                                    schema = @Schema(implementation = IntegrationsError.class))),
                            @APIResponse(
                                    name = "Unauthenticated",
                                    description = "No API key, or one that is not good",
                                    content =
                                            @Content(
                                                    mediaType = MediaType.APPLICATION_JSON,
                                                    schema = @Schema(implementation = IntegrationsError.class))),
                            @APIResponse(
                                    name = "Invalid",
                                    description = "All invalid parameters",
                                    content =
                                            @Content(
                                                    mediaType = MediaType.APPLICATION_JSON,
                                                    schema = @Schema(implementation = PydanticError.class)))
                        }))
package dev.quarry.integrations;

import dev.quarry.pydantic.PydanticError;
import dev.quarry.groups.Groups;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeIn;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
