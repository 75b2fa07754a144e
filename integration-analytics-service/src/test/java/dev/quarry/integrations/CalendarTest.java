package dev.quarry.integrations;

import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.ClockChange;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Buckets begin by the JDK's zone data, not by the engine's. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class CalendarTest {
    private final TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);

    @Test
    void everyKindOfClockChangeEqualsTheRecomputation() throws Exception {
        Map<ClockChange, List<Invocation>> invocations = new LinkedHashMap<>();
        for (ClockChange change : ClockChange.sample()) {
            List<Invocation> around = new ArrayList<>();
            for (Instant moment : change.moments()) {
                around.add(
                        Invocation.success(change + " " + around.size(), moment.toString(), "stripe", around.size()));
            }
            invocations.put(change, around);
        }
        List<Invocation> all =
                invocations.values().stream().flatMap(List::stream).toList();
        Deliveries.insert(caller, all);

        ObjectMapper json = new ObjectMapper();
        for (ClockChange change : invocations.keySet()) {
            for (String granularity : List.of("minute", "hour", "day", "week")) {
                int days = granularity.equals("minute") ? 1 : 2;
                LocalDate start = change.day().minusDays(days);
                LocalDate end = change.day().plusDays(days);
                String body = ask("dashboard", start, end, change.zone(), granularity)
                        .statusCode(200)
                        .extract()
                        .asString();
                assertEquals(
                        new Recomputation(all, granularity, change.zone(), start, end).envelope(),
                        json.readTree(body).toPrettyString(),
                        granularity + " around " + change);
            }
        }
        Stores.empty();
    }

    @Test
    void acceptsEveryTimeZone() {
        for (ZoneId zone : ClockChange.distinctZones()) {
            ask("usage", LocalDate.of(2010, 11, 6), LocalDate.of(2010, 11, 8), zone, "day")
                    .statusCode(200)
                    .body("size()", equalTo(3));
        }
    }

    /** Long before there were events, and where the window before reaches back behind 1970. */
    @ParameterizedTest
    @CsvSource({
        "Pacific/Kwajalein, 1993-08-19, 1993-08-23",
        "Africa/Monrovia, 1972-01-01, 1972-01-09",
        "Pacific/Kiritimati, 1979-09-28, 1979-10-03",
        "Asia/Tokyo, 1971-01-01, 1998-05-18",
        "America/St_Johns, 2099-10-01, 2099-12-31",
    })
    void daysWithoutEventsAreEmpty(ZoneId zone, LocalDate start, LocalDate end) {
        for (String granularity : List.of("day", "week")) {
            ask("usage", start, end, zone, granularity).statusCode(200).body("invocations.sum()", equalTo(0));
            ask("dashboard", start, end, zone, granularity).statusCode(200).body("summary.size()", equalTo(0));
        }
    }

    @Test
    void previousWindowBefore1970HidesNothing() {
        Deliveries.insert(caller, List.of(Invocation.success("new year", "2000-01-01T00:00:00Z", "stripe", 5)));

        ask("dashboard", LocalDate.of(1985, 1, 1), LocalDate.of(2001, 1, 1), ZoneId.of("Asia/Tokyo"), "week")
                .statusCode(200)
                .body("summary[0].current_invocations", equalTo(1))
                .body("usage.invocations.sum()", equalTo(1));
    }

    /** The clock goes from 01:00 to 03:00: the seven days before have 10,080 minutes, more than are allowed. */
    @Test
    void windowBeforeAChangeOfTheClockMayBeLonger() {
        Deliveries.insert(caller, List.of(Invocation.success("before", "2026-03-22T21:59:30Z", "stripe", 5)));

        caller.withApiKey()
                .queryParam("compare", "previous")
                .queryParam("start_date", "2026-03-23")
                .queryParam("end_date", "2026-03-29")
                .queryParam("granularity", "minute")
                .queryParam("tz", "Antarctica/Troll")
                .get("/v1/analytics/integrations/usage")
                .then()
                .statusCode(200)
                .body("size()", equalTo(9_960))
                .body("[9959].current.time_bucket", equalTo("2026-03-29T21:59:00Z"))
                .body("[9959].previous.time_bucket", equalTo("2026-03-22T21:59:00Z"))
                .body("[9959].previous.invocations", equalTo(1));
    }

    @Test
    void dayThatTheZoneOmitsIsRefused() {
        LocalDate leftOut = LocalDate.of(2011, 12, 30);
        ask("usage", leftOut, leftOut, ZoneId.of("Pacific/Apia"), "day")
                .statusCode(400)
                .body("message", equalTo("There were no days from 2011-12-30 to 2011-12-30 in Pacific/Apia"));
    }

    private ValidatableResponse ask(String panel, LocalDate start, LocalDate end, ZoneId zone, String granularity) {
        return caller.withApiKey()
                .queryParam("start_date", start.toString())
                .queryParam("end_date", end.toString())
                .queryParam("granularity", granularity)
                .queryParam("tz", zone.getId())
                .get("/v1/analytics/integrations/" + panel)
                .then();
    }
}
