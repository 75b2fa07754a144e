/**
 * MechaMental's organisation analytics, with a package for each endpoint. The annotation has the parts of the OpenAPI
 * document that the endpoints share.
 */
@OpenAPIDefinition(
        info = @Info(title = "Quarry organisation analytics", version = "1.0.0"),
        security = @SecurityRequirement(name = "Bearer"),
        components =
                @Components(
                        securitySchemes =
                                @SecurityScheme(
                                        securitySchemeName = "Bearer",
                                        type = SecuritySchemeType.HTTP,
                                        scheme = "bearer")))
package dev.quarry.organizations;

import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;
