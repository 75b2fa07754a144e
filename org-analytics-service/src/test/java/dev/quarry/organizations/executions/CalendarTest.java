package dev.quarry.organizations.executions;

import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.organizations.TestOrganization;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.ClockChange;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hours and days begin by the JDK's zone data, not by the engine's. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class CalendarTest {
    private static final String PATH = "/workspaces/w/analytics/executions";
    private static final int DAYS = 3;
    private static final int HOURS = 60;

    @Inject
    RollupJob job;

    @Inject
    TestClock clock;

    private TestOrganization organization;

    @BeforeEach
    void create() {
        organization = TestOrganization.create();
        organization.addWorkspace("w");
    }

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    @Test
    void everyKindOfClockChangeEqualsTheRecount() {
        List<Execution> executions = new ArrayList<>();
        for (ClockChange change : ClockChange.sample()) {
            for (Instant moment : change.moments()) {
                String name = change + " " + executions.size();
                UUID id = UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
                executions.add(new Execution(id, "w", moment, true));
            }
        }
        Execution.deliver(organization.id(), executions);
        job.run();

        for (ClockChange change : ClockChange.sample()) {
            for (Duration later : List.of(Duration.ZERO, Duration.ofMinutes(59), Duration.ofHours(30))) {
                check(executions, change, change.instant().plus(later));
            }
        }
        Stores.empty();
    }

    private void check(List<Execution> executions, ClockChange change, Instant now) {
        clock.setTo(now);
        String which = now + " around " + change;
        List<Instant> days = new ArrayList<>();
        List<Instant> hours = new ArrayList<>();
        LocalDate today = ClockChange.dayOf(now, change.zone());
        for (LocalDate day = today.minusDays(2 * HOURS / 24 + 2 * DAYS); !day.isAfter(today); day = day.plusDays(1)) {
            if (ClockChange.exists(day, change.zone())) {
                Instant end = ClockChange.startOf(day.plusDays(1), change.zone());
                Instant start = ClockChange.startOf(day, change.zone());
                days.add(start);
                for (Instant hour = start; hour.isBefore(end); hour = hour.plus(Duration.ofHours(1))) {
                    hours.add(hour);
                }
            }
        }
        Instant end = ClockChange.startOf(today.plusDays(1), change.zone());
        days.add(end);
        hours.add(end);
        Instant nextHour =
                hours.stream().filter(hour -> hour.isAfter(now)).findFirst().orElseThrow();
        hours = hours.subList(0, hours.indexOf(nextHour) + 1);
        String zone = "&include=previous&tz=" + change.zone();

        String compared = zone + "&compare=previous";
        checkSeries(executions, days, DAYS, read(PATH + "/daily?days=" + DAYS + compared), which);
        checkSeries(executions, hours, HOURS, read(PATH + "/hourly?hours=" + HOURS + compared), which);
        JsonPath totals = read(PATH + "?days=" + DAYS + zone);
        Instant first = days.get(days.size() - 1 - DAYS);
        assertEquals(count(executions, first, end), totals.getInt("total"), which);
        assertEquals(
                count(executions, days.get(days.size() - 1 - 2 * DAYS), first), totals.getInt("previous.total"), which);
    }

    private static void checkSeries(
            List<Execution> executions, List<Instant> bounds, int count, JsonPath answer, String which) {
        int last = bounds.size() - 1;
        checkSeries(executions, bounds.subList(last - count, last + 1), answer, "data", which);
        List<Instant> before = bounds.subList(last - 2 * count, last - count + 1);
        checkSeries(executions, before, answer, "previous", which);
        checkSeries(executions, before, answer, "comparison", which);
    }

    private static void checkSeries(
            List<Execution> executions, List<Instant> bounds, JsonPath answer, String field, String which) {
        List<String> expected = new ArrayList<>();
        for (int bucket = 0; bucket + 1 < bounds.size(); bucket++) {
            expected.add(bounds.get(bucket) + " " + count(executions, bounds.get(bucket), bounds.get(bucket + 1)));
        }
        List<String> timestamps = answer.getList(field + ".timestamp");
        List<Integer> values = answer.getList(field + ".value");
        List<String> actual = new ArrayList<>();
        for (int bucket = 0; bucket < timestamps.size(); bucket++) {
            actual.add(timestamps.get(bucket) + " " + values.get(bucket));
        }
        assertEquals(expected, actual, field + " at " + which);
    }

    private static int count(List<Execution> executions, Instant start, Instant end) {
        return (int) executions.stream()
                .filter(execution ->
                        !execution.time().isBefore(start) && execution.time().isBefore(end))
                .count();
    }

    @Test
    void acceptsEveryTimeZone() {
        for (ZoneId zone : ClockChange.distinctZones()) {
            organization
                    .read(PATH + "/daily?days=90&include=previous&compare=year&tz=" + zone)
                    .statusCode(200)
                    .body("data.size()", equalTo(90))
                    .body("comparison.size()", equalTo(90));
            organization
                    .read(PATH + "/hourly?hours=168&compare=year&tz=" + zone)
                    .statusCode(200)
                    .body("comparison.size()", equalTo(168));
        }
    }

    private JsonPath read(String path) {
        return organization.read(path).statusCode(200).extract().jsonPath();
    }
}
