package dev.quarry.organizations.executions;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toList;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.organizations.TestOrganization;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Three months of real checks of many sites, held against what expected_executions.py makes of the same file. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class UpptimeExecutionsTest {
    private static final Path SAMPLE = Path.of(System.getProperty("quarry.engine.home"))
            .resolveSibling(Path.of("local", "src", "main", "resources", "samples", "upptime_checks.csv.gz"));
    private static final Instant NOW = Instant.parse("2026-08-10T15:30:00Z");
    private static final Instant A_YEAR_LATER = Instant.parse("2027-08-10T15:30:00Z");

    private record Expected(String measure, String zone, String workspace, String timestamp, int value) {
        private static Expected of(List<String> fields) {
            return new Expected(
                    fields.get(0), fields.get(1), fields.get(2), fields.get(3), Integer.parseInt(fields.get(4)));
        }
    }

    @Inject
    RollupJob job;

    @Inject
    TestClock clock;

    private TestOrganization organization;

    @BeforeEach
    void create() {
        clock.setTo(NOW);
        organization = TestOrganization.create();
    }

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    @Test
    void answersEqualTheFile() throws IOException {
        deliverInAnyOrderAndSomeTwice();
        Map<String, List<Expected>> expected =
                lines(UpptimeExecutionsTest.class.getResourceAsStream("/expected/upptime_executions.csv")).stream()
                        .map(Expected::of)
                        .collect(groupingBy(Expected::workspace, TreeMap::new, toList()));
        expected.keySet().forEach(organization::addWorkspace);

        expected.forEach((workspace, lines) -> {
            JsonPath totals = read("/workspaces/" + workspace + "/analytics/executions");
            assertEquals(sum(lines, "success"), totals.getInt("success"), workspace);
            assertEquals(sum(lines, "failed"), totals.getInt("failed"), workspace);
            checkSeries(workspace, "daily?days=90", "UTC", lines, "data");
            checkSeries(workspace, "daily?days=90", "America/Denver", lines, "data");
            checkSeries(workspace, "hourly?hours=48", "Asia/Kolkata", lines, "data");
        });

        JsonPath rollup = read("/analytics");
        List<Expected> all = expected.values().stream().flatMap(List::stream).toList();
        assertEquals(sum(all, "success"), rollup.getInt("executions.success"));
        assertEquals(sum(all, "failed"), rollup.getInt("executions.failed"));
        assertEquals(expected.size(), rollup.getInt("workspaces"));

        clock.setTo(A_YEAR_LATER);
        expected.forEach((workspace, lines) -> {
            checkSeries(workspace, "daily?days=90&compare=year", "UTC", lines, "comparison");
            checkSeries(workspace, "daily?days=90&compare=year", "America/Denver", lines, "comparison");
            checkSeries(workspace, "hourly?hours=48&compare=year", "Asia/Kolkata", lines, "comparison");
        });
    }

    private void checkSeries(String workspace, String series, String zone, List<Expected> lines, String property) {
        JsonPath answer = read("/workspaces/" + workspace + "/analytics/executions/" + series + "&tz=" + zone);
        Map<String, Integer> expected = lines.stream()
                .filter(line -> line.zone.equals(zone) && series.startsWith(line.measure))
                .collect(toMap(Expected::timestamp, Expected::value));
        List<Map<String, Object>> points = answer.getList(property);
        Map<String, Integer> answered = points.stream()
                .filter(point -> !point.get("value").equals(0))
                .collect(toMap(point -> (String) point.get("timestamp"), point -> (Integer) point.get("value")));
        assertEquals(new TreeMap<>(expected), new TreeMap<>(answered), workspace + " " + series + " " + zone);
        assertEquals(
                points.stream()
                        .map(point -> (String) point.get("timestamp"))
                        .sorted()
                        .toList(),
                points.stream().map(point -> (String) point.get("timestamp")).toList());
    }

    private JsonPath read(String path) {
        return organization.read(path).statusCode(200).extract().jsonPath();
    }

    private static int sum(List<Expected> lines, String measure) {
        return lines.stream()
                .filter(line -> line.measure.equals(measure))
                .mapToInt(Expected::value)
                .sum();
    }

    /** In shuffled batches with passes of the rollup job in between, an eighth of them once more in the end. */
    private void deliverInAnyOrderAndSomeTwice() throws IOException {
        List<Execution> checks = new ArrayList<>();
        for (List<String> fields : lines(new GZIPInputStream(Files.newInputStream(SAMPLE)))) {
            checks.add(new Execution(
                    new UUID(1, checks.size()),
                    fields.get(1),
                    Instant.parse(fields.get(3).replace(' ', 'T') + "Z"),
                    List.of("up", "degraded").contains(fields.get(4))));
        }
        Collections.shuffle(checks, new Random(1));
        int batch = checks.size() / 4 + 1;
        for (int from = 0; from < checks.size(); from += batch) {
            Execution.deliver(organization.id(), checks.subList(from, Math.min(checks.size(), from + batch)));
            job.run();
        }
        Execution.deliver(organization.id(), checks.subList(0, checks.size() / 8));
        job.run();
    }

    /** The fields of a file without quotes, but for its heading. */
    private static List<List<String>> lines(InputStream in) throws IOException {
        try (var reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            return reader.lines()
                    .skip(1)
                    .map(line -> List.of(line.split(",", -1)))
                    .toList();
        }
    }
}
