package dev.quarry.metrics.dau;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.metrics.Events;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DauResourceTest {
    private static final String DAU = "/v1/metrics/dau";
    private static final Pattern SERVER_TIMING =
            Pattern.compile("engine;dur=(\\d+\\.\\d\\d), total;dur=(\\d+\\.\\d\\d)");

    @Inject
    RollupJob job;

    @Inject
    TestClock clock;

    private TestCaller caller;

    @BeforeAll
    void anOrganisationWithEvents() {
        caller = TestCaller.create(Permissions.METRICS_READ);
        Events.of(caller)
                .toolCall("1", "2026-02-27 23:59:59.999", "anna")
                .toolCall("2", "2026-02-28 00:00:00.000", "anna")
                .toolCall("3", "2026-02-28 12:00:00.000", "bert")
                .add("4", "2026-02-28 12:00:01.000", "bert", "session_start")
                .toolCall("5", "2026-03-02 23:30:00.000", "carl")
                .deliver()
                .deliver();
        job.run();
    }

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    @Test
    void countsDistinctUsersOfEachDayAndFillsDaysWithoutEvents() {
        caller.withApiKey()
                .queryParam("from", "2026-02-27")
                .queryParam("to", "2026-03-02")
                .get(DAU)
                .then()
                .statusCode(200)
                .body("metric", equalTo("dau"))
                .body("organizationId", equalTo(caller.organization()))
                .body("from", equalTo("2026-02-27"))
                .body("to", equalTo("2026-03-02"))
                .body("data.period", equalTo(List.of("2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02")))
                .body("data.value", equalTo(List.of(1, 2, 0, 1)));
    }

    @Test
    void answersADashboardSession() {
        caller.withSession()
                .queryParam("from", "2026-02-28")
                .queryParam("to", "2026-02-28")
                .get(DAU)
                .then()
                .statusCode(200)
                .body("organizationId", equalTo(caller.organization()))
                .body("data.value", equalTo(List.of(2)));
    }

    @Test
    void daysStartInTheRequestedTimeZone() {
        caller.withApiKey()
                .queryParam("from", "2026-02-27")
                .queryParam("to", "2026-03-03")
                .queryParam("tz", "Asia/Tokyo")
                .get(DAU)
                .then()
                .statusCode(200)
                .body("data.value", equalTo(List.of(0, 2, 0, 0, 1)));
    }

    @Test
    void defaultWindowIsTheLastThirtyDays() {
        clock.setTo(Instant.parse("2026-03-01T08:00:00Z"));

        caller.withApiKey()
                .get(DAU)
                .then()
                .statusCode(200)
                .body("from", equalTo("2026-01-31"))
                .body("to", equalTo("2026-03-01"))
                .body("data", hasSize(30))
                .body("data[27].value", equalTo(1))
                .body("data[28].value", equalTo(2))
                .body("data[29].value", equalTo(0));
    }

    @Test
    void limitKeepsTheNewestDaysInOrder() {
        caller.withApiKey()
                .queryParam("from", "2020-01-01")
                .queryParam("to", "2026-03-02")
                .queryParam("limit", 3)
                .get(DAU)
                .then()
                .statusCode(200)
                .body("from", equalTo("2020-01-01"))
                .body("data.period", equalTo(List.of("2026-02-28", "2026-03-01", "2026-03-02")))
                .body("data.value", equalTo(List.of(2, 0, 1)));
    }

    @Test
    void eventsOfAnotherOrganisationAreNotCounted() {
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);

        other.withApiKey()
                .queryParam("from", "2026-02-27")
                .queryParam("to", "2026-03-02")
                .get(DAU)
                .then()
                .statusCode(200)
                .body("data.value", equalTo(List.of(0, 0, 0, 0)));
    }

    @Test
    void serverTimingHasTheTimeInTheEngineAndTheTotal() {
        Timing answered = timing(caller.withApiKey());
        assertTrue(answered.engine() > 0, () -> "No time in the engine: " + answered);
        assertTrue(answered.total() >= answered.engine(), answered::toString);

        assertEquals(0, timing(given()).engine(), "milliseconds in the engine for a request without a key");
    }

    /** Milliseconds. */
    private record Timing(double engine, double total) {}

    private static Timing timing(RequestSpecification request) {
        Matcher timing = SERVER_TIMING.matcher(request.get(DAU).header("Server-Timing"));
        assertTrue(timing.matches());
        return new Timing(Double.parseDouble(timing.group(1)), Double.parseDouble(timing.group(2)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "from  | 2026-02-30 | from:",
                "from  | yesterday  | from:",
                "from  | ''         | from:",
                "to    | 2026-13-01 | to:",
                "to    | 1492-01-01 | to:",
                "limit | 0          | limit: Input should be greater than or equal to 1",
                "limit | 1001       | limit: Input should be less than or equal to 1000",
                "limit | many       | limit:",
                "tz    | Mars/Base  | tz:",
                "tz    | +02:00     | tz:",
            })
    void refusesABadParameter(String name, String value, String message) {
        caller.withApiKey()
                .queryParam(name, value)
                .get(DAU)
                .then()
                .statusCode(400)
                .body("statusCode", equalTo(400))
                .body("error", equalTo("Bad Request"))
                .body("message", containsString(message));
    }

    @Test
    void refusesAWindowThatEndsBeforeItStarts() {
        caller.withApiKey()
                .queryParam("from", "2026-03-02")
                .queryParam("to", "2026-03-01")
                .get(DAU)
                .then()
                .statusCode(400)
                .body("message", containsString("from"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"'", "\\", "' OR 1=1 --", "{organization:String}", "%", "\"", ";", "\u0000", "🪨"})
    void metacharactersDoNotChangeTheQuery(String nasty) {
        for (String name : List.of("from", "to", "limit", "tz")) {
            caller.withApiKey().queryParam(name, nasty).get(DAU).then().statusCode(400);
        }
        // The window differs, so that the answer does not come from the cache.
        LocalDate from = LocalDate.of(2026, 2, 28).minusDays(Math.floorMod(nasty.hashCode(), 10_000));
        caller.withApiKey()
                .queryParam("from", from.toString())
                .queryParam("to", "2026-02-28")
                .queryParam("limit", 1)
                .queryParam("unknown", nasty)
                .get(DAU)
                .then()
                .statusCode(200)
                .body("data.value", equalTo(List.of(2)));
    }

    @Test
    void requestWithoutAValidKeyIsUnauthorized() {
        given().get(DAU).then().statusCode(401).body("statusCode", equalTo(401)).body("error", equalTo("Unauthorized"));
        given().header("x-api-key", "mcpeek_nonsense").get(DAU).then().statusCode(401);
    }

    @Test
    void bearerTokenIsUnauthorized() {
        caller.withBearer().get(DAU).then().statusCode(401);
    }

    @Test
    void sessionOfANonMemberIsForbidden() {
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);

        given().header("x-session-token", caller.sessionToken())
                .header("x-organization-id", other.organization())
                .get(DAU)
                .then()
                .statusCode(403)
                .body("statusCode", equalTo(403))
                .body("error", equalTo("Forbidden"));
    }
}
