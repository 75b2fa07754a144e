package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Prometheus and Grafana on one server watch what runs there, with the rules and the dashboard of Kubernetes. */
class ComposeMonitoringTest {
    private static final Path COMPOSE = Rendering.HOME.resolveSibling("compose");
    private static final String RUNBOOKS = "https://git.example.com/quarry/blob/main/deploy/kubernetes/RUNBOOKS.md";
    private static final JsonNode SERVICES = services("compose.yaml");
    private static final JsonNode MONITORING = services("monitoring.yaml");
    private static final JsonNode PROMETHEUS = document(COMPOSE.resolve("prometheus/prometheus.yaml"));

    @Test
    void everyContainerIsHardened() {
        assertEquals(5, MONITORING.size());
        MONITORING.properties().forEach(service -> {
            String name = service.getKey();
            if (SERVICES.has(name)) {
                return;
            }
            JsonNode container = service.getValue();
            assertTrue(container.path("read_only").asBoolean(), name);
            assertEquals("[\"ALL\"]", container.path("cap_drop").toString(), name);
            assertEquals(
                    "[\"no-new-privileges:true\"]",
                    container.path("security_opt").toString(),
                    name);
            assertTrue(container.path("user").asText().matches("[1-9]\\d*:\\d+"), name);
            for (String limit : Set.of("cpus", "memory", "pids")) {
                assertTrue(container.at("/deploy/resources/limits").has(limit), () -> name + ": " + limit);
            }
            assertTrue(container.path("healthcheck").has("test") || name.equals("gateway-metrics"), name);
            String image = container.path("image").asText();
            assertTrue(
                    Rendering.read(COMPOSE.resolveSibling("containers").resolve("images.env"))
                            .contains("\n" + image.replaceAll("[${}:?]", "") + "="),
                    image);
        });
    }

    @Test
    void onlyGrafanaIsPublishedAndOnlyOnLoopback() {
        Map<String, String> published = MONITORING
                .propertyStream()
                .filter(service -> service.getValue().has("ports"))
                .collect(toMap(
                        Map.Entry::getKey,
                        service -> service.getValue().path("ports").toString()));
        assertEquals(Map.of("grafana", "[\"${QUARRY_GRAFANA_ADDRESS:-127.0.0.1:3000}:3000\"]"), published);
        assertEquals(
                "[\"edge\",\"services\"]", MONITORING.at("/grafana/networks").toString());
        assertEquals(
                "Viewer",
                MONITORING.at("/grafana/environment/GF_AUTH_ANONYMOUS_ORG_ROLE").asText());
    }

    /** The file that Prometheus makes of the PrometheusRule when it starts. */
    @Test
    void rulesAreThoseOfKubernetes() {
        String command = MONITORING.at("/prometheus/command/0").asText();
        var script = Pattern.compile("^(sed .+) >/tmp/rules\\.yaml && exec prometheus ")
                .matcher(command);
        assertTrue(script.find(), command);
        assertEquals("[\"/tmp/rules.yaml\"]", PROMETHEUS.path("rule_files").toString());
        JsonNode mounts = MONITORING.at("/prometheus/volumes");
        assertTrue(mounts.toString().contains("../kubernetes/monitoring/rules.yaml:/etc/quarry/rules.yaml:ro"));
        Path rules = Rendering.HOME.resolve("monitoring/rules.yaml");

        // compose writes a dollar as two.
        String make = script.group(1)
                .replace("/etc/quarry/rules.yaml", rules.toString())
                .replace("$$", "$");
        String page = "https://wiki.example.org/a/page.md";
        JsonNode plain = Rendering.yaml(Rendering.run("sh", "-c", "QUARRY_RUNBOOKS=" + page + "; " + make))
                .findFirst()
                .orElseThrow();
        String spec = document(rules).path("spec").toString();
        assertTrue(spec.contains(RUNBOOKS));
        assertEquals(spec.replace(RUNBOOKS, page), plain.toString());
        assertEquals(
                "${QUARRY_RUNBOOKS:-" + RUNBOOKS + "}",
                MONITORING.at("/prometheus/environment/QUARRY_RUNBOOKS").asText());
    }

    @Test
    void everythingWithMetricsIsScraped() {
        Map<String, JsonNode> jobs = PROMETHEUS
                .path("scrape_configs")
                .valueStream()
                .collect(toMap(job -> job.path("job_name").asText(), job -> job));
        assertEquals(Set.of("quarry", "quarry-clickhouse", "quarry-gateway", "quarry-postgres"), jobs.keySet());

        JsonNode quarry = jobs.get("quarry");
        assertEquals("/q/metrics", quarry.path("metrics_path").asText());
        Set<String> scraped = quarry.path("static_configs")
                .valueStream()
                .peek(target -> assertEquals(
                        target.at("/labels/service").asText() + ":8080",
                        target.at("/targets/0").asText()))
                .map(target -> target.at("/labels/service").asText())
                .collect(toSet());
        assertEquals(Rendering.SERVICES, scraped);
        scraped.forEach(service -> assertTrue(SERVICES.has(service), service));

        assertEquals(
                "clickhouse:9363",
                jobs.get("quarry-clickhouse").at("/static_configs/0/targets/0").asText());
        assertTrue(SERVICES.has("clickhouse"));
        String clickHouse = Rendering.read(COMPOSE.resolve("clickhouse/config.xml"));
        assertTrue(clickHouse.matches("(?s).*<prometheus>.*<port>9363</port>.*<errors>true</errors>.*</prometheus>.*"));
        assertEquals(
                "postgres-exporter:9187",
                jobs.get("quarry-postgres").at("/static_configs/0/targets/0").asText());
        assertTrue(MONITORING.has("postgres-exporter"));

        JsonNode counter = MONITORING.path("gateway-metrics");
        assertEquals("service:gateway", counter.path("network_mode").asText());
        assertEquals(
                "gateway:3903",
                jobs.get("quarry-gateway").at("/static_configs/0/targets/0").asText());
        assertTrue(counter.path("command").toString().contains("\"udp://127.0.0.1:5514\",\"-port\",\"3903\""));
        assertEquals(
                "syslog:server=127.0.0.1:5514,nohostname",
                MONITORING.at("/gateway/environment/QUARRY_GATEWAY_COUNTS").asText());
    }

    @Test
    void mountedFilesExist() {
        MONITORING
                .findValues("volumes")
                .forEach(volumes -> volumes.forEach(volume -> {
                    String source = volume.asText().split(":", 2)[0];
                    assertTrue(
                            !source.contains("/")
                                    || Files.exists(COMPOSE.resolve(source).normalize()),
                            source);
                }));
        assertEquals(
                "/etc/quarry",
                document(COMPOSE.resolve("grafana/dashboards/quarry.yaml"))
                        .at("/providers/0/options/path")
                        .asText());
        assertEquals(
                "http://prometheus:9090",
                document(COMPOSE.resolve("grafana/datasources/prometheus.yaml"))
                        .at("/datasources/0/url")
                        .asText());
    }

    private static JsonNode services(String file) {
        return document(COMPOSE.resolve(file)).path("services");
    }

    private static JsonNode document(Path file) {
        return Rendering.yaml(Rendering.read(file)).findFirst().orElseThrow();
    }
}
