package dev.quarry.documents;

import dev.quarry.caller.Mechanism;
import io.quarkus.security.PermissionsAllowed;
import io.smallrye.config.SmallRyeConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.headers.Header;
import org.eclipse.microprofile.openapi.models.security.SecurityRequirement;
import org.eclipse.microprofile.openapi.models.security.SecurityScheme;

/**
 * The ways to authenticate, from {@code quarry.auth.mechanisms}. A scheme that the service declares for one of them
 * keeps its name, because published documents have their own names.
 */
final class Security {
    private final List<SecurityRequirement> requirements;
    private final List<Mechanism> mechanisms;

    private Security(List<SecurityRequirement> requirements, List<Mechanism> mechanisms) {
        this.requirements = requirements;
        this.mechanisms = mechanisms;
    }

    /** Adds the schemes to the document. */
    static Security of(OpenAPI document) {
        List<Mechanism> mechanisms = ConfigProvider.getConfig()
                .unwrap(SmallRyeConfig.class)
                .getOptionalValues("quarry.auth.mechanisms", Mechanism.class)
                .orElse(List.of());
        if (document.getComponents() == null) {
            document.setComponents(OASFactory.createComponents());
        }
        List<SecurityRequirement> requirements = new ArrayList<>();
        for (Mechanism mechanism : mechanisms) {
            SecurityRequirement requirement = OASFactory.createSecurityRequirement();
            schemes(mechanism).forEach((name, scheme) -> requirement.addScheme(nameOf(scheme, name, document)));
            requirements.add(requirement);
        }
        document.setSecurity(requirements);
        return new Security(requirements, mechanisms);
    }

    void describe(Endpoint endpoint) {
        endpoint.operation().setSecurity(endpoint.has(PermissionsAllowed.class) ? requirements : List.of());
    }

    List<Mechanism> mechanisms() {
        return mechanisms;
    }

    /** The header of a 401. */
    Header challenge() {
        return ResponseHeaders.text(null, "`%s`".formatted(Mechanism.challenge(mechanisms)));
    }

    private static Map<String, SecurityScheme> schemes(Mechanism mechanism) {
        Map<String, SecurityScheme> schemes = new LinkedHashMap<>();
        switch (mechanism) {
            case API_KEY -> schemes.put("ApiKey", header(mechanism.header()));
            case BEARER ->
                schemes.put(
                        "Bearer",
                        OASFactory.createSecurityScheme()
                                .type(SecurityScheme.Type.HTTP)
                                .scheme("bearer"));
            case SESSION -> {
                schemes.put("SessionToken", header(mechanism.header()));
                schemes.put("OrganizationId", header("x-organization-id"));
            }
        }
        return schemes;
    }

    private static SecurityScheme header(String name) {
        return OASFactory.createSecurityScheme()
                .type(SecurityScheme.Type.APIKEY)
                .in(SecurityScheme.In.HEADER)
                .name(name);
    }

    private static String nameOf(SecurityScheme scheme, String name, OpenAPI document) {
        Map<String, SecurityScheme> declared = document.getComponents().getSecuritySchemes();
        if (declared != null) {
            for (Map.Entry<String, SecurityScheme> one : declared.entrySet()) {
                if (isSame(one.getValue(), scheme)) {
                    return one.getKey();
                }
            }
        }
        document.getComponents().addSecurityScheme(name, scheme);
        return name;
    }

    private static boolean isSame(SecurityScheme one, SecurityScheme other) {
        return one.getType() == other.getType()
                && Objects.equals(one.getName(), other.getName())
                && Objects.equals(one.getScheme(), other.getScheme());
    }
}
