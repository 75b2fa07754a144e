/**
 * MCPeek's product metrics: who uses an app inside an AI chat, and what for. The annotation is what the endpoints share in
 * the OpenAPI document; it stands here because the scanner looks for it on packages.
 */
@OpenAPIDefinition(
        info = @Info(title = "Quarry product metrics", version = "1.0.0"),
        securitySets = {
            @SecurityRequirementsSet(@SecurityRequirement(name = "ApiKey")),
            @SecurityRequirementsSet({
                @SecurityRequirement(name = "SessionToken"),
                @SecurityRequirement(name = "OrganizationId")
            })
        },
        components =
                @Components(
                        securitySchemes = {
                            @SecurityScheme(
                                    securitySchemeName = "ApiKey",
                                    type = SecuritySchemeType.APIKEY,
                                    in = SecuritySchemeIn.HEADER,
                                    apiKeyName = "x-api-key"),
                            @SecurityScheme(
                                    securitySchemeName = "SessionToken",
                                    type = SecuritySchemeType.APIKEY,
                                    in = SecuritySchemeIn.HEADER,
                                    apiKeyName = "x-session-token"),
                            @SecurityScheme(
                                    securitySchemeName = "OrganizationId",
                                    type = SecuritySchemeType.APIKEY,
                                    in = SecuritySchemeIn.HEADER,
                                    apiKeyName = "x-organization-id")
                        },
                        parameters = {
                            @Parameter(
                                    name = "from",
                                    in = ParameterIn.QUERY,
                                    description = "First day, inclusive; 29 days before `to` unless given",
                                    schema = @Schema(type = SchemaType.STRING, format = "date")),
                            @Parameter(
                                    name = "to",
                                    in = ParameterIn.QUERY,
                                    description = "Last day, inclusive; today unless given",
                                    schema = @Schema(type = SchemaType.STRING, format = "date")),
                            @Parameter(
                                    name = "limit",
                                    in = ParameterIn.QUERY,
                                    description = "Maximum number of periods, the newest",
                                    schema =
                                            @Schema(
                                                    type = SchemaType.INTEGER,
                                                    minimum = "1",
                                                    maximum = "1000",
                                                    defaultValue = "90")),
                            @Parameter(
                                    name = "tz",
                                    in = ParameterIn.QUERY,
                                    description = "IANA time zone in which days begin",
                                    schema = @Schema(type = SchemaType.STRING, defaultValue = "UTC"))
                        }))
package dev.quarry.metrics;

import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeIn;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirementsSet;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;
