package dev.quarry.metrics;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.quarry.caller.Permissions;
import dev.quarry.rollup.Freshness;
import dev.quarry.testing.Contract;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is the same on every route: who gets in, what an answer and an error look like, whose rows it shows. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class RoutesTest {
    private static final Contract CONTRACT = Contract.ofResource("/contract.json");
    private static final String WINDOW = "from=2026-03-01&to=2026-03-02";

    enum Route {
        DAU("dau", "TimeSeriesResponse"),
        WAU("wau", "TimeSeriesResponse"),
        MAU("mau", "TimeSeriesResponse"),
        NEW_USERS("new-users", "TimeSeriesResponse"),
        RETENTION("retention", "RetentionResponse"),
        TOOL_CALLS("tool-calls", "TimeSeriesResponse"),
        DAILY_SESSIONS("daily-sessions", "TimeSeriesResponse"),
        SESSION_LENGTH("session-length", "TimeSeriesResponse"),
        TOOL_CALLS_PER_USER("tool-calls-per-user", "TimeSeriesResponse"),
        POWER_USERS("power-users", "PowerUsersResponse"),
        USERS_BY("users-by", "UsersByResponse"),
        FEATURE_ADOPTION("feature-adoption", "FeatureAdoptionResponse");

        private final String metric;
        private final String schema;

        Route(String metric, String schema) {
            this.metric = metric;
            this.schema = schema;
        }

        String path() {
            return "/v1/metrics/" + metric + (this == USERS_BY ? "?dimension=locale" : "?" + WINDOW);
        }
    }

    /** One for all tests: none of them changes anything. */
    private static TestCaller caller;

    @BeforeEach
    void anOrganisationWithEvents() {
        if (caller != null) {
            return;
        }
        caller = TestCaller.create(Permissions.METRICS_READ);
        Events.of(caller)
                .toolCall("1", "2026-03-01 10:00:00.000", "anna")
                .toolCall("2", "2026-03-02 10:00:00.000", "anna")
                .deliver();
        Stores.insert(
                "events",
                List.of(Map.of(
                        "organization_id", caller.organization(),
                        "event_id", UUID.randomUUID().toString(),
                        "time", "2026-03-01 10:00:00.000",
                        "user_id", "anna",
                        "session_id", "first",
                        "kind", "session_start",
                        "feature", "export")));
        Rollups.run();
        Awaitility.await().until(() -> caller.withApiKey().get(Route.DAU.path()).header(Freshness.HEADER) != null);
    }

    @ParameterizedTest
    @EnumSource
    void answersMatchThePublishedSchemaForKeysAndSessions(Route route) {
        String byKey = caller.withApiKey()
                .get(route.path())
                .then()
                .statusCode(200)
                .contentType("application/json")
                .header(Freshness.HEADER, notNullValue())
                .header("RateLimit", notNullValue())
                .header("RateLimit-Policy", notNullValue())
                .body("metric", equalTo(route.metric))
                .body("organizationId", equalTo(caller.organization()))
                .extract()
                .asString();
        CONTRACT.check(route.schema, byKey);
        assertEquals(
                byKey,
                caller.withSession()
                        .get(route.path())
                        .then()
                        .statusCode(200)
                        .extract()
                        .asString());
    }

    @Test
    void countsEvents() {
        caller.withApiKey().get(Route.DAU.path()).then().body("data.value", contains(1, 1));
        caller.withApiKey().get(Route.TOOL_CALLS.path()).then().body("data.value", contains(1, 1));
        caller.withApiKey().get(Route.NEW_USERS.path()).then().body("data.value", contains(1, 0));
    }

    @ParameterizedTest
    @EnumSource
    void invalidCredentialsAreUnauthorized(Route route) {
        CONTRACT.check(
                "Error",
                given().get(route.path())
                        .then()
                        .statusCode(401)
                        .body("error", equalTo("Unauthorized"))
                        .extract()
                        .asString());
        given().header("x-api-key", "mcpeek_wrong").get(route.path()).then().statusCode(401);
        given().header("x-session-token", caller.sessionToken())
                .get(route.path())
                .then()
                .statusCode(401);
    }

    @ParameterizedTest
    @EnumSource
    void callersWithoutPermissionAreForbidden(Route route) {
        TestCaller stranger = TestCaller.create(Permissions.METRICS_READ);
        CONTRACT.check(
                "Error",
                given().header("x-session-token", stranger.sessionToken())
                        .header("x-organization-id", caller.organization())
                        .get(route.path())
                        .then()
                        .statusCode(403)
                        .body("error", equalTo("Forbidden"))
                        .extract()
                        .asString());
        TestCaller.create(Permissions.APPS_READ)
                .withApiKey()
                .get(route.path())
                .then()
                .statusCode(403);
    }

    @ParameterizedTest
    @EnumSource
    void eventsOfAnotherOrganisationAreNotCounted(Route route) {
        TestCaller stranger = TestCaller.create(Permissions.METRICS_READ);
        var answer = stranger.withApiKey().get(route.path()).then().statusCode(200);
        switch (route) {
            case USERS_BY, FEATURE_ADOPTION -> answer.body("data", empty());
            case POWER_USERS -> answer.body("totalUsers", equalTo(0)).body("percentage", equalTo(0.0f));
            case RETENTION -> answer.body("data.cohortSize", everyItem(equalTo(0)));
            default -> answer.body("data.value", everyItem(equalTo(0)));
        }
        assertNotEquals(withoutOrganization(caller, route), withoutOrganization(stranger, route), "theirs and ours");
    }

    private static Map<String, Object> withoutOrganization(TestCaller asker, Route route) {
        Map<String, Object> answer = asker.withApiKey()
                .get(route.path())
                .then()
                .statusCode(200)
                .extract()
                .jsonPath()
                .getMap("$");
        answer.remove("organizationId");
        return answer;
    }

    @ParameterizedTest
    @CsvSource({
        "dau?from=yesterday, from",
        "wau?limit=0, limit",
        "mau?limit=1001, limit",
        "dau?from=2026-03-02&to=2026-03-01, from",
        "tool-calls?tz=Mars/Olympus, tz",
        "dau?from=1971-06-01&to=1971-06-02&tz=Africa/Monrovia, tz",
        "new-users?granularity=hour, granularity",
        "retention?days=0, days",
        "retention?days=91, days",
        "retention?mode=sometimes, mode",
        "retention?unit=year, unit",
        "retention?unit=week&week_start=friday, week_start",
        "new-users?week_start=friday, week_start",
        "session-length?statistic=p95, statistic",
        "dau?by=colour, by",
        "dau?compare=decade, compare",
        "dau?by=country&groups=51, groups",
        "power-users?threshold=0, threshold",
        "users-by, dimension",
        "users-by?dimension=colour, dimension",
    })
    void refusesBadParametersByName(String query, String parameter) {
        CONTRACT.check(
                "Error",
                caller.withApiKey()
                        .get("/v1/metrics/" + query)
                        .then()
                        .statusCode(400)
                        .body("statusCode", equalTo(400))
                        .body("error", equalTo("Bad Request"))
                        .body("message", containsString(parameter + ": "))
                        .extract()
                        .asString());
    }

    @Test
    void unknownDimensionListsTheKnownOnes() {
        caller.withApiKey()
                .get("/v1/metrics/users-by?dimension=colour")
                .then()
                .body("message", containsString("'locale', 'country', 'client', 'device', 'platform' or 'version'"));
    }

    @Test
    void unknownRoutesHaveTheErrorBodyOfTheApi() {
        CONTRACT.check(
                "Error",
                caller.withApiKey()
                        .get("/v1/metrics/fortune")
                        .then()
                        .statusCode(404)
                        .extract()
                        .asString());
    }
}
