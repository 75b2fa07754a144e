package dev.quarry.apps.telemetry;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.apps.TestApp;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Holds the table of metrics in {@code deploy/OBSERVABILITY.md} against what a service exposes. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class MetricsTableTest {
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Set<String> TYPES = Set.of("counter", "gauge", "histogram", "summary");

    /** A line of the table; {@code name} may end in a star, and then stands for whatever begins so. */
    private record Row(String name, String type, Set<String> labels) {
        boolean isGroup() {
            return name.endsWith("*");
        }

        boolean covers(String metric) {
            return isGroup() ? metric.startsWith(name.substring(0, name.length() - 1)) : metric.equals(name);
        }
    }

    private List<Row> table;
    private Scrape scrape;

    @BeforeEach
    void readBoth() throws IOException {
        given().get("/v1/apps/app_web/analytics").then().statusCode(401);
        TestApp.create().request().get("/v1/apps/{app}/logs").then().statusCode(200);
        table = table();
        scrape = Scrape.now();
    }

    @Test
    void documentationListsEveryMetric() {
        Set<String> strangers = new TreeSet<>();
        scrape.types().keySet().stream()
                .filter(metric -> table.stream().noneMatch(row -> row.covers(baseOf(metric))))
                .forEach(strangers::add);

        assertEquals(Set.of(), strangers);
    }

    @Test
    void everyMetricIsDescribed() {
        Set<String> undescribed = new TreeSet<>(scrape.types().keySet());
        scrape.help().forEach((metric, description) -> {
            if (!description.isEmpty()) {
                undescribed.remove(metric);
            }
        });

        assertEquals(Set.of(), undescribed);
    }

    @Test
    void buildIsNamed() {
        assertEquals(1, scrape.sum("quarry_build_info", "packaging", "jvm"));
        String version = scrape.samples("quarry_build_info").getFirst().labels().get("version");
        assertTrue(version.matches("\\d+\\.\\d+\\.\\d+.*"), version);
    }

    /** A star would hide it. */
    @Test
    void everyQuarryMetricHasItsOwnRow() {
        Set<String> named =
                table.stream().filter(row -> !row.isGroup()).map(Row::name).collect(Collectors.toSet());
        Set<String> strangers = scrape.types().keySet().stream()
                .filter(metric -> metric.startsWith("quarry_"))
                .map(this::baseOf)
                .filter(metric -> !named.contains(metric))
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(Set.of(), strangers);
    }

    @Test
    void everyDocumentedMetricIsExposed() {
        List<String> faults = new ArrayList<>();
        for (Row row : table) {
            if (row.isGroup()) {
                if (scrape.types().keySet().stream().noneMatch(row::covers)) {
                    faults.add(row.name() + " stands for nothing");
                }
            } else if (!row.type().equals(scrape.types().get(row.name()))) {
                faults.add(row.name() + " is not a " + row.type() + " but "
                        + scrape.types().get(row.name()));
            } else if (!row.labels().equals(labels(row.name()))) {
                faults.add(row.name() + " has the labels " + labels(row.name()));
            }
        }

        assertTrue(table.size() > 20, "the table was found");
        assertEquals(List.of(), faults);
    }

    /** Without the series, the first failure would not be seen as a rise. */
    @Test
    void everyOutcomeIsExposedFromTheStart() {
        assertEquals(
                Set.of("success", "unreachable", "timed_out", "query_too_large", "overloaded", "abandoned", "failure"),
                values("quarry_engine_query_seconds_count", "outcome"));
        assertEquals(
                Set.of("hit", "miss", "failure", "grace", "refused"),
                values("quarry_credential_lookups_total", "result"));
        assertEquals(Set.of("admitted", "refused"), values("quarry_rate_limit_requests_total", "decision"));
        assertEquals(Set.of("success", "failure"), values("quarry_rollup_pass_seconds_count", "outcome"));
    }

    /** Rules and panels select a store by this name. A guard without a name would get a random one. */
    @Test
    void circuitBreakersAndRetriesAreNamed() {
        Set<String> names = scrape.samples().stream()
                .filter(sample -> sample.name().startsWith("ft_"))
                .flatMap(sample -> Stream.ofNullable(sample.labels().get("method")))
                .collect(Collectors.toCollection(TreeSet::new));
        // The rollup job may not have sent a query yet.
        names.remove("clickhouse of the rollup job");

        assertEquals(Set.of("clickhouse", "postgres", "postgres retries"), names);
    }

    /** A timer's gauge of the largest is part of it. */
    private String baseOf(String metric) {
        String timer = metric.replaceFirst("_max$", "");
        return scrape.types().containsKey(timer) ? timer : metric;
    }

    private Set<String> labels(String metric) {
        return scrape.samples().stream()
                .filter(sample -> sample.name().equals(metric) || sample.name().equals(metric + "_count"))
                .flatMap(sample -> sample.labels().keySet().stream())
                .collect(Collectors.toSet());
    }

    private Set<String> values(String series, String label) {
        return scrape.samples(series).stream()
                .map(sample -> sample.labels().get(label))
                .collect(Collectors.toSet());
    }

    private static List<Row> table() throws IOException {
        Path page = Path.of(System.getProperty("quarry.engine.home")).resolveSibling("OBSERVABILITY.md");
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(page)) {
            String[] cells = line.split("\\|", -1);
            if (cells.length == 7 && (TYPES.contains(cells[2].strip()) || cells[1].contains("*`"))) {
                Set<String> labels = Set.copyOf(codes(cells[3]));
                codes(cells[1]).forEach(name -> rows.add(new Row(name, cells[2].strip(), labels)));
            }
        }
        return rows;
    }

    private static List<String> codes(String cell) {
        Matcher code = CODE.matcher(cell);
        List<String> found = new ArrayList<>();
        while (code.find()) {
            found.add(code.group(1));
        }
        return found;
    }
}
