package dev.quarry.kubernetes;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every manifest is valid for the API server: it has only known fields, of the right types. */
class SchemaTest {
    private static final JsonSchemaFactory FACTORY = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    private static final List<JsonNode> BUNDLES =
            List.of(bundle("kubernetes"), bundle("envoy-gateway"), bundle("operators"));

    @ParameterizedTest
    @EnumSource
    void manifestsFitTheirSchemas(Rendering rendering) {
        List<Manifest> manifests = rendering.manifests();
        assertTrue(manifests.size() > 20, () -> manifests.size() + " manifests");
        assertAll(manifests.stream().map(manifest -> () -> assertEquals("", faults(manifest), manifest::toString)));
    }

    @ParameterizedTest
    @EnumSource
    void namesAreNamesOfTheDomainNameSystem(Rendering rendering) {
        rendering.manifests().forEach(manifest -> {
            assertTrue(
                    manifest.name().matches("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*"),
                    manifest::name);
            assertTrue(manifest.name().length() <= 63, manifest::name);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "Deployment, /spec/template/spec/containers/0, redinessProbe",
        "HorizontalPodAutoscaler, /spec/metrics/0, averageValue",
        "HTTPRoute, /spec/rules/0, timeout",
        "ServiceMonitor, /spec/endpoints/0, paths",
        "BackendTrafficPolicy, /spec/rateLimit, redis"
    })
    void fieldThatDoesNotExistIsRefused(String kind, String path, String field) {
        Manifest manifest = copy(kind);
        ((ObjectNode) manifest.node().at(path)).put(field, "wrong");
        assertNotEquals("", faults(manifest));
    }

    @ParameterizedTest
    @CsvSource({
        "Deployment, /spec, selector",
        "PrometheusRule, /spec/groups/0, name",
        "Job, /spec/template/spec/containers/0/env/0, name"
    })
    void fieldThatIsMissingIsRefused(String kind, String path, String field) {
        Manifest manifest = copy(kind);
        ((ObjectNode) manifest.node().at(path)).remove(field);
        assertNotEquals("", faults(manifest));
    }

    @Test
    void valueOfAnotherTypeIsRefused() {
        Manifest manifest = copy("Deployment");
        ((ObjectNode) manifest.spec()).put("minReadySeconds", 1.5);
        assertNotEquals("", faults(manifest));
    }

    private static Manifest copy(String kind) {
        return new Manifest(Rendering.PRODUCTION.of(kind).getFirst().node().deepCopy());
    }

    static String faults(Manifest manifest) {
        String kind = manifest.apiVersion() + "/" + manifest.kind();
        for (JsonNode bundle : BUNDLES) {
            JsonNode reference = bundle.path("kinds").path(kind);
            if (reference.isObject()) {
                ObjectNode schema = JsonNodeFactory.instance.objectNode();
                schema.setAll((ObjectNode) reference);
                schema.set("$defs", bundle.get("$defs"));
                return FACTORY.getSchema(schema).validate(manifest.node()).stream()
                        .map(ValidationMessage::getMessage)
                        .collect(joining("\n"));
            }
        }
        return "There is no schema of " + kind;
    }

    private static JsonNode bundle(String name) {
        try (InputStream file = SchemaTest.class.getResourceAsStream("/schemas/%s.json".formatted(name))) {
            return new ObjectMapper().readTree(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
