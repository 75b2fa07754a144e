package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

/** The stores of {@code overlays/operators} fit the services, and their pods are as restricted as ours. */
class OperatorsTest {
    @Test
    void servicesAndMigratorFindTheStores() {
        for (Workload workload : Rendering.OPERATORS.workloads()) {
            if (!workload.isService() && !workload.isMigration()) {
                continue;
            }
            Map<String, String> settings =
                    Settings.of(Rendering.OPERATORS, workload).values();
            assertEquals("clickhouse-" + name("ClickHouseInstallation"), host(settings.get("QUARRY_CLICKHOUSE_URL")));
            String postgres =
                    settings.getOrDefault("QUARRY_POSTGRES_URL", settings.get("QUARKUS_DATASOURCE_REACTIVE_URL"));
            assertEquals(name("Cluster") + "-rw", host(postgres));
            assertEquals(
                    clickHouse().at("/configuration/clusters/0/name").asText(),
                    settings.get("QUARRY_CLICKHOUSE_CLUSTER"),
                    workload.toString());
        }
        assertEquals(
                "keeper-" + name("ClickHouseKeeperInstallation"),
                clickHouse().at("/configuration/zookeeper/nodes/0/host").asText());
        assertEquals("quarry", postgres().at("/bootstrap/initdb/owner").asText());
        assertEquals("quarry", postgres().at("/bootstrap/initdb/database").asText());
    }

    /** schema/CLUSTER.md recommends three replicas with a quorum of two; Keeper needs an odd number. */
    @Test
    void anyNodeMayFail() {
        assertEquals(
                3,
                clickHouse()
                        .at("/configuration/clusters/0/layout/replicasCount")
                        .asInt());
        assertEquals(
                3, keeper().at("/configuration/clusters/0/layout/replicasCount").asInt());
        assertEquals(3, postgres().path("instances").asInt());
        Workload migration = Rendering.OPERATORS.workloads().stream()
                .filter(Workload::isMigration)
                .findFirst()
                .orElseThrow();
        assertEquals("2", Settings.of(Rendering.OPERATORS, migration).values().get("QUARRY_CLICKHOUSE_INSERT_QUORUM"));
        for (JsonNode pod : pods()) {
            assertEquals(
                    List.of("topology.kubernetes.io/zone", "kubernetes.io/hostname"),
                    pod.path("topologySpreadConstraints").findValuesAsText("topologyKey"));
        }
    }

    @Test
    void podsAreRestricted() {
        assertEquals(2, pods().size());
        for (JsonNode pod : pods()) {
            assertTrue(pod.at("/securityContext/runAsNonRoot").asBoolean());
            assertEquals(
                    "RuntimeDefault",
                    pod.at("/securityContext/seccompProfile/type").asText());
            assertFalse(pod.path("automountServiceAccountToken").asBoolean(true));
            JsonNode container = pod.at("/containers/0");
            assertFalse(
                    container.at("/securityContext/allowPrivilegeEscalation").asBoolean(true));
            assertEquals(
                    "[\"ALL\"]",
                    container.at("/securityContext/capabilities/drop").toString());
            assertTrue(container.at("/resources/requests/cpu").isTextual());
            assertTrue(container.at("/resources/limits/memory").isTextual());
        }
    }

    /** The same versions as compose runs. */
    @Test
    void imagesAreThoseOfCompose() {
        String images = Rendering.read(Rendering.HOME.resolveSibling("containers/images.env"));
        String clickHouse = clickHouse()
                .at("/templates/podTemplates/0/spec/containers/0/image")
                .asText();
        assertTrue(images.contains("CLICKHOUSE_IMAGE=docker.io/" + clickHouse), clickHouse);
        assertEquals(
                clickHouse.replace("clickhouse-server", "clickhouse-keeper"),
                keeper().at("/templates/podTemplates/0/spec/containers/0/image").asText());
        String version = Pattern.compile("(?m)^POSTGRES_IMAGE=docker\\.io/library/postgres:(\\d+)")
                .matcher(images)
                .results()
                .map(image -> image.group(1))
                .findFirst()
                .orElseThrow();
        assertTrue(postgres().path("imageName").asText().contains(":" + version + "."), version);
    }

    @Test
    void clickHouseHasWhatTheMigratorAndTheRowPoliciesNeed() throws Exception {
        String text = clickHouse()
                .at("/configuration/files")
                .path("config.d/quarry.xml")
                .asText();
        Element configuration = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)))
                .getDocumentElement();
        Map<String, String> values = Stream.of(
                        "custom_settings_prefixes", "settings_constraints_replace_previous", "zookeeper_path")
                .collect(toMap(
                        name -> name,
                        name -> configuration.getElementsByTagName(name).item(0).getTextContent()));
        assertEquals(
                Map.of(
                        "custom_settings_prefixes", "quarry_",
                        "settings_constraints_replace_previous", "true",
                        "zookeeper_path", "/clickhouse/access"),
                values);
        JsonNode users = clickHouse().at("/configuration/users");
        assertEquals(1, users.path("quarry_migrator/access_management").asInt());
        // Secret and key, which README.md creates.
        assertEquals(
                "quarry-migrator/password-sha256",
                users.path("quarry_migrator/k8s_secret_env_password_sha256_hex").asText());
        assertEquals(
                "quarry-postgres",
                postgres().at("/bootstrap/initdb/secret/name").asText());
        users.fieldNames().forEachRemaining(path -> assertTrue(path.startsWith("quarry_migrator/"), path));
    }

    /** PostgreSQL has room for the pods of production, which CeilingsTest counts. */
    @Test
    void postgresHasRoomForAllPods() {
        assertTrue(Rendering.read(Rendering.HOME.resolve("README.md")).contains("400 fit the delivered maxima"));
        assertEquals(
                "400", postgres().at("/postgresql/parameters/max_connections").asText());
    }

    private static List<JsonNode> pods() {
        return Stream.of(clickHouse(), keeper())
                .map(store -> store.at("/templates/podTemplates/0/spec"))
                .toList();
    }

    private static JsonNode clickHouse() {
        return only("ClickHouseInstallation").spec();
    }

    private static JsonNode keeper() {
        return only("ClickHouseKeeperInstallation").spec();
    }

    private static JsonNode postgres() {
        return only("Cluster").spec();
    }

    private static Manifest only(String kind) {
        List<Manifest> manifests = Rendering.OPERATORS.of(kind);
        assertEquals(1, manifests.size(), kind);
        return manifests.getFirst();
    }

    private static String name(String kind) {
        return only(kind).name();
    }

    private static String host(String url) {
        return URI.create(url.replaceFirst("^jdbc:", "")).getHost();
    }
}
