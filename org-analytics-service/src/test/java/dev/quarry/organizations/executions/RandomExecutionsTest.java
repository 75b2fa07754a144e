package dev.quarry.organizations.executions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.organizations.TestOrganization;
import dev.quarry.rollup.RollupJob;
import dev.quarry.schema.Eraser;
import dev.quarry.schema.Erasure.OfWorkspace;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Executions in workspaces of very different sizes, twice, late and out of order, held against a plain recount. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class RandomExecutionsTest {
    private static final List<String> WORKSPACES = List.of("big", "middle", "small", "empty");
    private static final List<String> ZONES = List.of(
            "UTC",
            "Europe/Berlin",
            "America/St_Johns",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Chatham",
            "America/Santiago");
    /** Around changes to and from summer time, in both halves of the earth. */
    private static final List<Instant> NOWS = List.of(
            Instant.parse("2026-04-07T10:20:30.400Z"),
            Instant.parse("2026-11-02T23:59:59.999Z"),
            Instant.parse("2026-10-04T00:00:00Z"));

    @Inject
    RollupJob job;

    @Inject
    TestClock clock;

    private final Random random = new Random(6);
    private final Set<Execution> delivered = new LinkedHashSet<>();
    private TestOrganization organization;

    @BeforeEach
    void create() {
        organization = TestOrganization.create();
        WORKSPACES.forEach(organization::addWorkspace);
    }

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    @Test
    void countsEqualARecountOfRandomDeliveries() {
        for (Instant now : NOWS) {
            clock.setTo(now);
            deliver(some(now));
            deliver(some(now.minus(Duration.ofDays(50))));
            deliver(some(now.minus(Duration.ofDays(365))));
            // Once more what came before, as a sender does that heard no answer.
            deliver(delivered.stream().limit(delivered.size() / 3).toList());
            WORKSPACES.forEach(workspace -> check(workspace, now));
        }
    }

    /** A new workspace with the same id, made after the erasure, shows none of the old executions. */
    @Test
    void recreatedWorkspaceHasNoExecutionsOfItsPredecessor() {
        Instant now = NOWS.getFirst();
        clock.setTo(now);
        deliver(some(now));
        TestOrganization.execute(
                "DELETE FROM workspaces WHERE organization_id = ? AND workspace_id = 'big'", organization.id());
        assertThrows(IllegalStateException.class, () -> organization.addWorkspace("big"));

        try (Eraser eraser = Stores.eraser(organization.id(), new OfWorkspace("big"))) {
            eraser.delete();
            job.run();
            assertEquals(0, eraser.rebuilding());
            eraser.finish();
            Rollups.readProgress();
        }
        delivered.removeIf(execution -> execution.workspace().equals("big"));
        organization.addWorkspace("big");
        WORKSPACES.forEach(workspace -> check(workspace, now));
    }

    private List<Execution> some(Instant end) {
        List<Execution> some = new ArrayList<>();
        for (int i = 0; i < 1_500; i++) {
            String workspace = WORKSPACES.get((int) (3 * Math.pow(random.nextDouble(), 4)));
            Instant time = end.minusMillis((long)
                    (Math.pow(random.nextDouble(), 3) * Duration.ofDays(95).toMillis()));
            UUID id = new UUID(random.nextLong(), random.nextLong());
            some.add(new Execution(id, workspace, time.truncatedTo(ChronoUnit.MILLIS), random.nextInt(9) > 0));
        }
        return some;
    }

    private void deliver(List<Execution> executions) {
        List<Execution> shuffled = new ArrayList<>(executions);
        Collections.shuffle(shuffled, random);
        Execution.deliver(organization.id(), shuffled);
        delivered.addAll(executions);
        job.run();
    }

    private void check(String workspace, Instant now) {
        List<Execution> all = delivered.stream()
                .filter(execution -> execution.workspace().equals(workspace))
                .toList();
        String path = "/workspaces/" + workspace + "/analytics/executions";
        checkTotals(all, read(path), "");
        assertEquals(
                read(path).getMap(""),
                read("/workspaces/" + workspace + "/analytics").getMap("executions"),
                "the summary says the same");
        ZoneId zone = ZoneId.of(ZONES.get(random.nextInt(ZONES.size())));
        int days = 1 + random.nextInt(90);
        List<Instant> starts = dayStarts(now, zone, 2 * days);
        JsonPath daily = read(path + "/daily?include=previous&days=" + days + "&tz=" + zone);
        checkSeries(all, starts.subList(days, 2 * days + 1), daily, "data");
        checkSeries(all, starts.subList(0, days + 1), daily, "previous");
        JsonPath period = read(path + "?include=previous&days=" + days + "&tz=" + zone);
        checkTotals(between(all, starts.get(days), starts.get(2 * days)), period, "");
        checkTotals(between(all, starts.getFirst(), starts.get(days)), period, "previous.");
        checkComparison(all, path + "/daily?days=" + days + "&tz=" + zone, "previous", starts.subList(0, days + 1));
        LocalDate yearBefore = LocalDate.ofInstant(starts.get(days), zone).minusYears(1);
        checkComparison(all, path + "/daily?days=" + days + "&tz=" + zone, "year", dayStarts(yearBefore, zone, days));

        int hours = 1 + random.nextInt(168);
        List<Instant> hourStarts = new ArrayList<>();
        for (int hour = 1 - 2 * hours; hour <= 1; hour++) {
            hourStarts.add(now.truncatedTo(ChronoUnit.HOURS).plus(hour, ChronoUnit.HOURS));
        }
        JsonPath hourly = read(path + "/hourly?include=previous&hours=" + hours);
        checkSeries(all, hourStarts.subList(hours, 2 * hours + 1), hourly, "data");
        checkSeries(all, hourStarts.subList(0, hours + 1), hourly, "previous");
        checkComparison(all, path + "/hourly?hours=" + hours, "previous", hourStarts.subList(0, hours + 1));
        Instant hourBefore =
                hourStarts.get(hours).atZone(ZoneOffset.UTC).minusYears(1).toInstant();
        List<Instant> hoursBefore = new ArrayList<>();
        for (int hour = 0; hour <= hours; hour++) {
            hoursBefore.add(hourBefore.plus(hour, ChronoUnit.HOURS));
        }
        checkComparison(all, path + "/hourly?hours=" + hours, "year", hoursBefore);
    }

    /** Buckets pair by place; the change is a percentage of the earlier value. */
    private void checkComparison(List<Execution> all, String path, String compare, List<Instant> bounds) {
        JsonPath answer = read(path + "&compare=" + compare);
        assertEquals(read(path).getList("data"), answer.getList("data"), "the series stays the same");
        checkSeries(all, bounds, answer, "comparison");
        List<Integer> values = answer.getList("data.value");
        List<Integer> earlier = answer.getList("comparison.value");
        List<Float> changes = answer.getList("comparison.change");
        for (int place = 0; place < values.size(); place++) {
            int before = earlier.get(place);
            Float expected = before == 0
                    ? null
                    : BigDecimal.valueOf(100L * (values.get(place) - before))
                            .divide(BigDecimal.valueOf(before), 2, RoundingMode.HALF_UP)
                            .floatValue();
            assertEquals(expected, changes.get(place), path + " at " + bounds.get(place));
        }
    }

    /** The starts of so many days from a day on, and of the day after them. */
    private static List<Instant> dayStarts(LocalDate first, ZoneId zone, int days) {
        List<Instant> starts = new ArrayList<>();
        for (int day = 0; day <= days; day++) {
            starts.add(first.plusDays(day).atStartOfDay(zone).toInstant());
        }
        return starts;
    }

    /** The starts of so many days up to today, and of tomorrow. */
    private static List<Instant> dayStarts(Instant now, ZoneId zone, int days) {
        LocalDate today = LocalDate.ofInstant(now, zone);
        List<Instant> starts = new ArrayList<>();
        for (int day = 1 - days; day <= 1; day++) {
            starts.add(today.plusDays(day).atStartOfDay(zone).toInstant());
        }
        return starts;
    }

    private static List<Execution> between(List<Execution> executions, Instant start, Instant end) {
        return executions.stream()
                .filter(execution ->
                        !execution.time().isBefore(start) && execution.time().isBefore(end))
                .toList();
    }

    private static void checkSeries(List<Execution> executions, List<Instant> bounds, JsonPath answer, String field) {
        List<String> timestamps = new ArrayList<>();
        List<Integer> values = new ArrayList<>();
        for (int bucket = 0; bucket + 1 < bounds.size(); bucket++) {
            timestamps.add(bounds.get(bucket).toString());
            values.add(between(executions, bounds.get(bucket), bounds.get(bucket + 1))
                    .size());
        }
        assertEquals(timestamps, answer.getList(field + ".timestamp"));
        assertEquals(values, answer.getList(field + ".value"));
    }

    private static void checkTotals(List<Execution> executions, JsonPath answer, String prefix) {
        long success = executions.stream().filter(Execution::succeeded).count();
        assertEquals(executions.size(), answer.getLong(prefix + "total"));
        assertEquals(success, answer.getLong(prefix + "success"));
        assertEquals(executions.size() - success, answer.getLong(prefix + "failed"));
        double rate = executions.isEmpty() ? 0 : Math.round(success * 10_000.0 / executions.size()) / 100.0;
        assertEquals(rate, answer.getDouble(prefix + "success_rate"), 0.001);
    }

    private JsonPath read(String path) {
        return organization.read(path).statusCode(200).extract().jsonPath();
    }
}
