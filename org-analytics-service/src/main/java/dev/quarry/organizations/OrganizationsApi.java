package dev.quarry.organizations;

import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;

/** What the family's endpoints share in the OpenAPI document. */
@OpenAPIDefinition(
        info = @Info(title = "Quarry organisation analytics", version = "1.0.0"),
        security = @SecurityRequirement(name = "Bearer"),
        components =
                @Components(
                        securitySchemes =
                                @SecurityScheme(
                                        securitySchemeName = "Bearer",
                                        type = SecuritySchemeType.HTTP,
                                        scheme = "bearer"),
                        parameters = {
                            @Parameter(
                                    name = "tz",
                                    in = ParameterIn.QUERY,
                                    description = "Extension: the IANA time zone in which hours and days begin",
                                    schema = @Schema(type = SchemaType.STRING, defaultValue = "UTC")),
                            @Parameter(
                                    name = "include",
                                    in = ParameterIn.QUERY,
                                    description = "Extension: previous adds as many hours or days from before",
                                    schema = @Schema(type = SchemaType.STRING, enumeration = "previous"))
                        }))
final class OrganizationsApi {
    private OrganizationsApi() {}
}
