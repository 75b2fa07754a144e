package dev.quarry.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.apps.AppsConfiguration;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.fairness.FairnessConfiguration;
import dev.quarry.start.Main;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The stores have room for as many pods as there can be, and a pod has room for what it was measured to need. */
class CeilingsTest {
    /** The service listens for revocations, runs the rollup job, audits, and locks a rollup that it compares. */
    private static final int CONNECTIONS_OUTSIDE_THE_POOL = 4;
    /** For the migrator, PostgreSQL's three for superusers, backups. */
    private static final int CONNECTIONS_OF_OTHERS = 10;
    /** Both in the configuration that ClickHouse's server comes with. */
    private static final int CLICKHOUSE_QUERIES = 1_000;

    private static final int CLICKHOUSE_CONNECTIONS = 4_096;
    private static final List<String> FAMILIES =
            List.of("apps-analytics", "product-metrics", "integration-analytics", "org-analytics");

    /** What all pods of a rendering may ask of the stores, while every family rolls out at its maximum. */
    private record Demand(int pods, int postgres, int clickHouse, int reads) {
        static Demand of(Rendering rendering) {
            Demand sum = new Demand(0, 0, 0, 0);
            for (Workload workload : rendering.workloads()) {
                if (workload.isService()) {
                    sum = sum.plus(of(rendering, workload));
                }
            }
            return sum;
        }

        private static Demand of(Rendering rendering, Workload service) {
            int pods = maxReplicas(rendering, service.name())
                    + service.manifest()
                            .spec()
                            .at("/strategy/rollingUpdate/maxSurge")
                            .asInt();
            var settings = Settings.of(rendering, service).values();
            int pool = Integer.parseInt(settings.getOrDefault(
                    "QUARKUS_DATASOURCE_REACTIVE_MAX_SIZE", property("quarkus.datasource.reactive.max-size")));
            int reading = Integer.parseInt(settings.getOrDefault(
                    "QUARRY_CLICKHOUSE_MAX_CONNECTIONS",
                    Settings.defaultOf(ClickHouseConfiguration.class, "maxConnections")));
            int places = Integer.parseInt(settings.getOrDefault(
                    "QUARRY_FAIRNESS_PLACES", Settings.defaultOf(FairnessConfiguration.class, "places")));
            assertTrue(reading >= places, "a read with a place needs a connection");
            return new Demand(
                    pods,
                    pods * (pool + CONNECTIONS_OUTSIDE_THE_POOL),
                    pods * (reading + connectionsOfTheRollupJob() + connectionsOfTails(service, settings)),
                    pods * places);
        }

        private Demand plus(Demand other) {
            return new Demand(
                    pods + other.pods, postgres + other.postgres, clickHouse + other.clickHouse, reads + other.reads);
        }

        List<Integer> figures() {
            return List.of(pods, postgres, clickHouse, reads);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"BASE", "DEV", "PRODUCTION", "EVERYTHING"})
    void tableSaysWhatThePodsNeed(Rendering rendering) {
        String overlay = switch (rendering) {
            case DEV -> "`overlays/dev`";
            default -> "`overlays/production`";
        };
        List<Integer> row = Rendering.read(Rendering.HOME.resolve("README.md"))
                .lines()
                .filter(line -> line.matches("\\| (`[a-z/]+`(, )?)+( \\| \\d+){8} \\|") && line.contains(overlay))
                .map(line -> numbers(line.substring(line.lastIndexOf('`'))).toList())
                .reduce((one, other) -> List.of())
                .orElseThrow();
        List<Integer> expected = Stream.concat(
                        FAMILIES.stream().map(family -> maxReplicas(rendering, family + "-service")),
                        Demand.of(rendering).figures().stream())
                .toList();
        assertEquals(expected, row);
    }

    @ParameterizedTest
    @EnumSource
    void clickHouseHasRoom(Rendering rendering) {
        Demand demand = Demand.of(rendering);
        assertTrue(demand.pods() * connectionsOfTheRollupJob() + demand.reads() < CLICKHOUSE_QUERIES, demand::toString);
        assertTrue(demand.clickHouse() < CLICKHOUSE_CONNECTIONS, demand::toString);
    }

    @Test
    void postgresHasRoom() {
        String dev = Rendering.DEV.workloads().stream()
                .filter(workload -> workload.name().equals("postgres"))
                .map(workload -> workload.containers().getFirst().path("args").toString())
                .findFirst()
                .orElseThrow();
        assertTrue(Demand.of(Rendering.DEV).postgres() + CONNECTIONS_OF_OTHERS <= maxConnections(dev), dev);

        String readme = Rendering.read(Rendering.HOME.resolve("README.md"));
        Matcher recommended = Pattern.compile("(\\d+) fit the delivered maxima").matcher(readme);
        assertTrue(recommended.find());
        assertTrue(Demand.of(Rendering.PRODUCTION).postgres() + CONNECTIONS_OF_OTHERS
                <= Integer.parseInt(recommended.group(1)));

        String compose = Rendering.read(Rendering.HOME.resolveSibling("compose").resolve("compose.yaml"));
        int each = Integer.parseInt(property("quarkus.datasource.reactive.max-size")) + CONNECTIONS_OUTSIDE_THE_POOL;
        assertTrue(FAMILIES.size() * each + CONNECTIONS_OF_OTHERS <= maxConnections(compose));
    }

    /** Peaks in deploy/bench/NATIVE.md are of the JVM with this heap; an executable has the same heap. */
    @ParameterizedTest
    @EnumSource
    void podsHaveTheMemoryThatWasMeasured(Rendering rendering) {
        int peak = Rendering.read(Rendering.HOME.resolveSibling("bench").resolve("NATIVE.md"))
                .lines()
                .filter(line -> line.startsWith("| peak"))
                .flatMap(line -> numbers(line.substring(line.indexOf("MiB"))))
                .max(Comparator.naturalOrder())
                .orElseThrow();
        assertTrue(peak > 150 && peak < 1_000, () -> "a peak of " + peak);
        String heap = Rendering.read(Rendering.HOME.resolveSibling("containers").resolve("java.options"))
                .lines()
                .filter(line -> line.startsWith("-Xmx"))
                .findFirst()
                .orElseThrow();
        for (Workload workload : rendering.workloads()) {
            if (workload.isService()) {
                var container = workload.containers().getFirst();
                int limit = mebibytes(container.at("/resources/limits/memory").asText());
                if (rendering == Rendering.EVERYTHING) {
                    assertTrue(container.path("args").isMissingNode(), "the JVM's options are in the image");
                    assertTrue(
                            mebibytes(container.at("/resources/requests/memory").asText()) > peak);
                    assertTrue(limit > peak * 1.25, () -> limit + " of " + peak);
                } else {
                    assertEquals(
                            "[\"%s\"]".formatted(heap), container.path("args").toString());
                    assertTrue(limit > peak * 1.1, () -> limit + " of " + peak);
                }
            }
        }
    }

    private static int maxReplicas(Rendering rendering, String service) {
        return rendering.of("HorizontalPodAutoscaler").stream()
                .filter(scaler ->
                        scaler.spec().at("/scaleTargetRef/name").asText().equals(service))
                .mapToInt(scaler -> scaler.spec().path("maxReplicas").asInt())
                .findFirst()
                .orElseThrow();
    }

    private static int maxConnections(String text) {
        Matcher setting = Pattern.compile("max_connections=(\\d+)").matcher(text);
        assertTrue(setting.find(), text);
        return Integer.parseInt(setting.group(1));
    }

    private static Stream<Integer> numbers(String text) {
        return Pattern.compile("\\d+").matcher(text).results().map(number -> Integer.valueOf(number.group()));
    }

    private static int mebibytes(String quantity) {
        assertTrue(quantity.endsWith("Mi"), quantity);
        return Integer.parseInt(quantity.substring(0, quantity.length() - 2));
    }

    /** Tails of logs have connections of their own. */
    private static int connectionsOfTails(Workload service, Map<String, String> settings) {
        if (!service.name().equals("apps-analytics-service")) {
            return 0;
        }
        String unset = Settings.defaultOf(AppsConfiguration.Tail.class, "connections");
        return Integer.parseInt(settings.getOrDefault("QUARRY_APPS_TAIL_CONNECTIONS", unset));
    }

    private static int connectionsOfTheRollupJob() {
        try {
            Field connections =
                    Class.forName("dev.quarry.rollup.RollupClickHouse").getDeclaredField("CONNECTIONS");
            connections.setAccessible(true);
            return connections.getInt(null);
        } catch (ReflectiveOperationException renamed) {
            throw new IllegalStateException(renamed);
        }
    }

    private static String property(String name) {
        Properties settings = new Properties();
        try (InputStream file = Main.class.getResourceAsStream("/META-INF/microprofile-config.properties")) {
            settings.load(file);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return settings.getProperty(name);
    }
}
