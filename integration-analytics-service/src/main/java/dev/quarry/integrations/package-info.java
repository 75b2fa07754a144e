/**
 * Feather's dashboard of integration invocations. The annotation describes the service in the OpenAPI document; it is here
 * because the scanner looks for it on packages.
 */
@OpenAPIDefinition(
        info = @Info(title = "Quarry integration analytics", version = "1.0.0"),
        tags = @Tag(name = "analytics", description = "Invocations of integrations: counts, failures and latencies"),
        components =
                @Components(
                        securitySchemes =
                                @SecurityScheme(
                                        securitySchemeName = "APIKeyHeader",
                                        type = SecuritySchemeType.APIKEY,
                                        in = SecuritySchemeIn.HEADER,
                                        apiKeyName = "x-api-key")))
package dev.quarry.integrations;

import org.eclipse.microprofile.openapi.annotations.Components;
import org.eclipse.microprofile.openapi.annotations.OpenAPIDefinition;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeIn;
import org.eclipse.microprofile.openapi.annotations.enums.SecuritySchemeType;
import org.eclipse.microprofile.openapi.annotations.info.Info;
import org.eclipse.microprofile.openapi.annotations.security.SecurityScheme;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
