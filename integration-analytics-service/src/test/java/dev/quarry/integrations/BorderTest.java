package dev.quarry.integrations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.quarry.caller.Permissions;
import dev.quarry.schema.Retention;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import dev.quarry.testing.TestRetention;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Invocations come every hour; the last ten days, today included, are kept: from 2026-02-11 on, UTC. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class BorderTest {
    private static final String ROUTE = "/v1/analytics/integrations/";
    private static final Instant FIRST = Instant.parse("2026-02-01T00:00:00Z");
    private static final int HOURS = 20 * 24;

    @Inject
    TestClock clock;

    private TestCaller caller;

    @BeforeEach
    void invocationsOfTwentyDays() {
        clock.setTo(Instant.parse("2026-02-20T12:00:00Z"));
        caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        List<Invocation> invocations = new ArrayList<>();
        for (int hour = 0; hour < HOURS; hour++) {
            String time = FIRST.plusSeconds(hour * 3_600L + 60).toString();
            invocations.add(Invocation.success("hour " + hour, time, "github", 10));
        }
        Deliveries.deliver(caller, invocations);
        TestRetention.set(new Retention(10, 30, 90));
    }

    @AfterEach
    void keepEverything() {
        TestRetention.reset();
        clock.reset();
    }

    /** Berlin is ahead of UTC, so that its 11th began before the border. */
    @ParameterizedTest
    @CsvSource({"UTC,2026-02-11", "Europe/Berlin,2026-02-12", "America/New_York,2026-02-11"})
    void daysBeforeTheRetentionLimitAreEmpty(String zone, LocalDate since) {
        Response usage = get("usage", "2026-02-08", "2026-02-14", Map.of("granularity", "day", "tz", zone));
        assertEquals(since.toString(), usage.header("X-Data-Since"));
        LocalDate from = LocalDate.of(2026, 2, 8);
        List<Integer> expected = from.datesUntil(LocalDate.of(2026, 2, 15))
                .map(day -> day.isBefore(since) ? 0 : 24)
                .toList();
        assertEquals(expected, usage.jsonPath().getList("invocations", Integer.class));
    }

    /** The week of the 9th has lost its first two days; counting the rest would look like a bad week. */
    @Test
    void partlyExpiredWeekIsEmpty() {
        Response usage = get("usage", "2026-02-02", "2026-02-20", Map.of("granularity", "week"));
        assertEquals(List.of(0, 0, 5 * 24), usage.jsonPath().getList("invocations", Integer.class));
        Response groups = get("by-integration", "2026-02-02", "2026-02-20", Map.of());
        assertEquals(10 * 24, groups.jsonPath().getInt("[0].invocations"));
    }

    @Test
    void expiredWindowIsEmpty() {
        Response groups = get("by-integration", "2026-02-02", "2026-02-10", Map.of());
        assertEquals(List.of(), groups.jsonPath().getList("$"));
        assertEquals(
                List.of(),
                get("summary", "2026-02-02", "2026-02-10", Map.of()).jsonPath().getList("$"));
    }

    @Test
    void partlyExpiredPreviousWindowIsNotCompared() {
        Response whole = get("summary", "2026-02-16", "2026-02-20", Map.of());
        assertEquals(5 * 24, whole.jsonPath().getInt("[0].previous_invocations"));
        assertEquals(0.0f, whole.jsonPath().getFloat("[0].pct_change_invocations"));

        Response summary = get("summary", "2026-02-14", "2026-02-20", Map.of());
        assertEquals(7 * 24, summary.jsonPath().getInt("[0].current_invocations"));
        assertEquals(0, summary.jsonPath().getInt("[0].previous_invocations"));
        assertNull(summary.jsonPath().get("[0].pct_change_invocations"));

        Response groups = get("by-integration", "2026-02-14", "2026-02-20", Map.of("compare", "previous"));
        assertEquals(7 * 24, groups.jsonPath().getInt("[0].current.invocations"));
        assertNull(groups.jsonPath().get("[0].previous"));

        for (String zone : List.of("UTC", "Europe/Berlin")) {
            Response year = get("summary", "2026-02-14", "2026-02-20", Map.of("compare", "year", "tz", zone));
            assertEquals(0, year.jsonPath().getInt("[0].previous_invocations"));
            assertNull(year.jsonPath().get("[0].pct_change_invocations"));
            Response modes = get("by-mode", "2026-02-14", "2026-02-20", Map.of("compare", "year", "tz", zone));
            assertNull(modes.jsonPath().get("[0].previous"));
        }
    }

    /** A 0 would say that nothing was invoked then. */
    @ParameterizedTest
    @CsvSource({"UTC,4", "Europe/Berlin,5", "America/New_York,4"})
    void expiredBucketsHaveNoCounterpart(String zone, int expired) {
        Response usage = get(
                "usage", "2026-02-14", "2026-02-20", Map.of("granularity", "day", "compare", "previous", "tz", zone));
        List<Map<String, Object>> previous = usage.jsonPath().getList("previous");
        List<Object> expected = IntStream.range(0, 7)
                .<Object>mapToObj(day -> day < expired ? null : 24)
                .toList();
        assertEquals(
                expected,
                previous.stream()
                        .map(row -> row == null ? null : row.get("invocations"))
                        .toList());
    }

    private Response get(String panel, String start, String end, Map<String, String> more) {
        return caller.withApiKey()
                .queryParam("start_date", start)
                .queryParam("end_date", end)
                .queryParams(more)
                .get(ROUTE + panel)
                .then()
                .log()
                .ifValidationFails()
                .statusCode(200)
                .extract()
                .response();
    }
}
