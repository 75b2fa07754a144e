package dev.quarry.metrics;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Filters and groups by dimension: what they mean, and what they refuse. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class SlicesTest {
    private static final String WINDOW = "?from=2026-03-01&to=2026-03-03&";
    private static final List<String> METRICS = List.of(
            "dau", "wau", "mau", "new-users", "tool-calls", "tool-calls-per-user", "daily-sessions", "session-length");

    private final TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
    private final List<Map<String, Object>> rows = new ArrayList<>();

    private SlicesTest event(String time, String user, String country, String platform) {
        rows.add(Map.of(
                "organization_id",
                caller.organization(),
                "event_id",
                UUID.randomUUID().toString(),
                "time",
                "2026-03-" + time + ":00.000",
                "user_id",
                user,
                "session_id",
                user + time.substring(0, 2),
                "kind",
                "tool_call",
                "country",
                country,
                "platform",
                platform));
        return this;
    }

    private void deliver() {
        Stores.insert("events", rows);
        Rollups.run();
    }

    private ValidatableResponse ask(String query) {
        return caller.withApiKey()
                .get("/v1/metrics/" + query)
                .then()
                .log()
                .ifValidationFails()
                .statusCode(200);
    }

    @Test
    void userWithTwoCountriesOnADayCountsInBothAndOnceInTheWhole() {
        event("01 10:00", "anna", "DE", "ios")
                .event("01 11:00", "anna", "FR", "ios")
                .deliver();
        ask("dau" + WINDOW + "by=country")
                .body("data.value", contains(1, 0, 0))
                .body("dimension", equalTo("country"))
                .body("groups.key", contains("DE", "FR"))
                .body("groups.data.value", contains(List.of(1, 0, 0), List.of(1, 0, 0)))
                .body("$", not(hasKey("rest")));
        ask("dau" + WINDOW + "by=country&groups=1")
                .body("groups.key", contains("DE"))
                .body("rest.groups", equalTo(1))
                .body("rest.data.value", contains(1, 0, 0));
    }

    @Test
    void filtersHaveToMatchTheSameEvent() {
        event("01 10:00", "anna", "DE", "ios")
                .event("01 11:00", "anna", "FR", "android")
                .deliver();
        ask("dau" + WINDOW + "country=DE&platform=ios").body("data.value", contains(1, 0, 0));
        ask("dau" + WINDOW + "country=DE&platform=android").body("data.value", contains(0, 0, 0));
    }

    @Test
    void sessionBelongsToTheValuesOfItsFirstEvent() {
        event("01 23:50", "anna", "DE", "ios")
                .event("02 00:10", "bert", "FR", "ios")
                .event("02 00:40", "bert", "DE", "ios")
                .deliver();
        ask("daily-sessions" + WINDOW + "country=DE").body("data.value", contains(1, 0, 0));
        ask("session-length" + WINDOW + "country=FR").body("data.value", contains(0, 1800.0f, 0));
    }

    @Test
    void cohortHasTheValuesOfTheFirstUseAndReturnsWithAnyValue() {
        event("01 10:00", "anna", "DE", "ios")
                .event("02 10:00", "anna", "FR", "ios")
                .deliver();
        ask("new-users" + WINDOW + "country=FR").body("data.value", contains(0, 0, 0));
        ask("retention" + WINDOW + "days=1&country=DE").body("data.retained", contains(1, 0, 0));
        ask("retention" + WINDOW + "days=1&country=FR").body("data.cohortSize", contains(0, 0, 0));
        ask("retention" + WINDOW + "days=1&by=country").body("groups.key", contains("DE"));
    }

    /** A value that only events without a user have is no group of a metric of users, but its tool calls count. */
    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Asia/Kolkata"})
    void restHasToolCallsWithoutAUser(String zone) {
        event("01 10:00", "anna", "DE", "ios")
                .event("01 10:00", "bert", "FR", "ios")
                .event("01 10:00", "", "IT", "ios")
                .event("01 10:01", "", "IT", "ios")
                .event("01 10:02", "", "IT", "ios")
                .deliver();
        JsonPath answer = ask("tool-calls-per-user" + WINDOW + "by=country&groups=1&tz=" + zone)
                .body("groups.key", contains("DE"))
                .body("rest.groups", equalTo(1))
                .extract()
                .jsonPath();
        assertEquals(2.5, answer.getDouble("data[0].value"));
        assertEquals(1, answer.getDouble("groups[0].data[0].value"));
        assertEquals(4, answer.getDouble("rest.data[0].value"));
        ask("tool-calls" + WINDOW + "by=country&groups=1&tz=" + zone)
                .body("groups.key", contains("IT"))
                .body("rest.data.value", contains(2, 0, 0));
    }

    @Test
    void severalValuesAreRepeatedOrSeparatedByCommas() {
        event("01 10:00", "anna", "DE", "ios")
                .event("01 10:00", "bert", "FR", "ios")
                .event("01 10:00", "carl", "", "ios")
                .deliver();
        String expected = ask("dau" + WINDOW + "country=DE,FR").extract().asString();
        assertEquals(
                expected,
                ask("dau" + WINDOW + "country=FR&country=DE").extract().asString());
        ask("dau" + WINDOW + "country=DE,FR").body("data.value", contains(2, 0, 0));
        ask("dau" + WINDOW + "country=").body("data.value", contains(1, 0, 0));
        ask("dau" + WINDOW + "country=DE,").body("data.value", contains(2, 0, 0));
        ask("dau" + WINDOW + "by=country").body("groups.key", contains("", "DE", "FR"));
    }

    @Test
    void valueWithACommaStandsInQuotationMarks() {
        event("01 10:00", "anna", "Korea, Republic of", "ios")
                .event("01 10:00", "bert", "DE", "ios")
                .event("01 10:00", "carl", "\"quoted\"", "ios")
                .deliver();
        ask("dau" + WINDOW + "country=\"Korea, Republic of\"").body("data.value", contains(1, 0, 0));
        ask("dau" + WINDOW + "country=DE,\"Korea, Republic of\"").body("data.value", contains(2, 0, 0));
        ask("dau" + WINDOW + "country=\"Korea, Republic of\"&country=\"DE\"").body("data.value", contains(2, 0, 0));
        ask("dau" + WINDOW + "country=\"\"\"quoted\"\"\"").body("data.value", contains(1, 0, 0));
        ask("dau" + WINDOW + "country=Korea, Republic of").body("data.value", contains(0, 0, 0));
        ask("dau" + WINDOW + "by=country&compare=previous")
                .body("groups.key", contains("\"quoted\"", "DE", "Korea, Republic of"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"DE", "\"DE\"FR", "DE,\"", "\"\"\"", "\"DE\" ,FR"})
    void brokenQuotationIsRefused(String values) {
        caller.withApiKey()
                .get("/v1/metrics/dau" + WINDOW + "country=" + values)
                .then()
                .statusCode(400)
                .body(containsString("quotation marks"));
    }

    /** Without parameters of slices, an answer has the properties that it always had. */
    @Test
    void answerWithoutGroupsHasNoPropertiesOfGroups() {
        event("01 10:00", "anna", "DE", "ios").deliver();
        for (String query : List.of("dau" + WINDOW, "dau" + WINDOW + "country=DE")) {
            assertEquals(
                    """
                    {"metric":"dau","organizationId":"%s","from":"2026-03-01","to":"2026-03-03",\
                    "data":[{"period":"2026-03-01","value":1},{"period":"2026-03-02","value":0},\
                    {"period":"2026-03-03","value":0}]}""".formatted(caller.organization()), ask(query).extract().asString());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"' OR 1 = 1 --", "\\'", "'] ['", "{organization:String}", "\t\n"})
    void filterIsAValueAndNeverSql(String text) {
        event("01 10:00", "anna", "DE", "ios")
                .event("02 10:00", "bert", text, "ios")
                .deliver();
        for (String metric : METRICS) {
            caller.withApiKey()
                    .queryParam("from", "2026-03-02")
                    .queryParam("to", "2026-03-02")
                    .queryParam("country", text)
                    .queryParam("by", "country")
                    .get("/v1/metrics/" + metric)
                    .then()
                    .statusCode(200)
                    .body("groups.key", contains(text));
        }
    }

    @Test
    void groupsOfAnotherOrganisationAreNotShown() {
        event("01 10:00", "anna", "DE", "ios").deliver();
        TestCaller stranger = TestCaller.create(Permissions.METRICS_READ);
        for (String metric : METRICS) {
            stranger.withApiKey()
                    .get("/v1/metrics/" + metric + WINDOW + "by=country")
                    .then()
                    .statusCode(200)
                    .body("groups", empty())
                    .body("rest", nullValue())
                    .body("data.value", everyItem(equalTo(0)));
        }
    }

    @Test
    void refusesMoreThan100Values() {
        String values =
                IntStream.rangeClosed(1, 101).mapToObj(Integer::toString).collect(Collectors.joining(","));
        caller.withApiKey()
                .get("/v1/metrics/dau?country=" + values)
                .then()
                .statusCode(400)
                .body("message", containsString("country: Input should have at most 100 values"));
    }
}
