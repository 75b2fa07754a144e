package dev.quarry.integrations;

import static dev.quarry.integrations.Invocation.success;
import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Contract;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What every route of the family refuses, and how it says so. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ParametersTest {
    private static final String PATH = "/v1/analytics/integrations/";
    private static final Contract CONTRACT = Contract.ofResource("/contract/feather.json");

    private final TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dashboard",
                "summary",
                "usage",
                "success-rate",
                "latency",
                "by-integration",
                "by-mode",
                "error-breakdown"
            })
    void everyRouteChecksKeyPermissionAndParameters(String route) {
        given().get(PATH + route).then().statusCode(401).body("error", equalTo("unauthorized"));
        given().header("x-api-key", "nonsense").get(PATH + route).then().statusCode(401);
        caller.withBearer().get(PATH + route).then().statusCode(401);
        window(TestCaller.create(Permissions.METRICS_READ).withApiKey(), "2026-02-20", "2026-02-20")
                .get(PATH + route)
                .then()
                .statusCode(403)
                .body("error", equalTo("forbidden"));
        caller.withApiKey().get(PATH + route).then().statusCode(422);
        window(caller.withApiKey(), "2026-02-20", "2026-02-20")
                .get(PATH + route)
                .then()
                .statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "dashboard",
                "summary",
                "usage",
                "success-rate",
                "latency",
                "by-integration",
                "by-mode",
                "error-breakdown"
            })
    void noRouteShowsAnotherTenantsRows(String route) {
        Deliveries.deliver(caller, success("1", "2026-02-20T13:00:00Z", "salesforce", 250));
        TestCaller other = TestCaller.create(Permissions.INTEGRATIONS_READ);
        for (String granularity : List.of("hour", "minute")) {
            String answer = window(other.withApiKey(), "2026-02-20", "2026-02-20")
                    .queryParam("granularity", granularity)
                    .get(PATH + route)
                    .asString();
            assertFalse(answer.contains("salesforce"), answer);
            assertFalse(answer.contains("250"), answer);
            assertFalse(answer.contains("\"invocations\":1"), answer);
        }
    }

    @Test
    void listsAllViolationsAtOnce() {
        String body = caller.withApiKey()
                .queryParam("granularity", "month")
                .queryParam("start_date", "2026-02-30")
                .queryParam("tz", "Mars/Olympus")
                .get(PATH + "dashboard")
                .then()
                .statusCode(422)
                .body("detail", hasSize(4))
                .body(
                        "detail.loc",
                        contains(
                                List.of("query", "granularity"),
                                List.of("query", "start_date"),
                                List.of("query", "end_date"),
                                List.of("query", "tz")))
                .body("detail[0].type", equalTo("string_pattern_mismatch"))
                .body("detail[0].msg", equalTo("String should match pattern '^(minute|hour|day|week)$'"))
                .body("detail[0].input", equalTo("month"))
                .body("detail[0].ctx.pattern", equalTo("^(minute|hour|day|week)$"))
                .body("detail[1].input", equalTo("2026-02-30"))
                .body("detail[2].type", equalTo("missing"))
                .body("detail[2].msg", equalTo("Field required"))
                .extract()
                .asString();
        CONTRACT.check("HTTPValidationError", body);
    }

    @Test
    void validatesCompareOnThePanelsThatHaveIt() {
        window(caller.withApiKey(), "2026-02-20", "2026-02-20")
                .queryParam("compare", "next")
                .get(PATH + "usage")
                .then()
                .statusCode(422)
                .body("detail[0].type", equalTo("literal_error"))
                .body("detail[0].ctx.expected", equalTo("'none', 'previous' or 'year'"));
        for (String panel : List.of("summary", "dashboard")) {
            window(caller.withApiKey(), "2026-02-20", "2026-02-20")
                    .queryParam("compare", "none")
                    .get(PATH + panel)
                    .then()
                    .statusCode(422)
                    .body("detail[0].ctx.expected", equalTo("'previous' or 'year'"));
        }
    }

    @Test
    void windowOfMoreThanAYearIsNotComparedWithTheYearBefore() {
        for (String panel : List.of("summary", "dashboard", "usage", "by-mode")) {
            window(caller.withApiKey(), "2024-01-01", "2024-12-31")
                    .queryParam("compare", "year")
                    .queryParam("granularity", "day")
                    .get(PATH + panel)
                    .then()
                    .statusCode(200);
            window(caller.withApiKey(), "2024-01-01", "2025-01-01")
                    .queryParam("compare", "year")
                    .queryParam("granularity", "day")
                    .get(PATH + panel)
                    .then()
                    .statusCode(400)
                    .body("message", containsString("compare=year needs a window of at most a year"));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "2026-02-21 | 2026-02-20 | hour   | before start_date",
                "1960-01-01 | 1960-01-02 | hour   | must lie between",
                "2026-01-01 | 2100-01-01 | week   | must lie between",
                "2026-02-01 | 2026-02-07 | minute | 10000",
                "2026-02-01 | 2026-02-07 | minute | granularity hour would fit",
                "2024-01-01 | 2026-02-07 | hour   | granularity day would fit",
                "1990-01-01 | 2026-02-07 | hour   | 10000",
                "1990-01-01 | 2026-02-07 | week   | 10000 days",
            })
    void refusesAWindowThatItCannotServe(String start, String end, String granularity, String message) {
        String body = window(caller.withApiKey(), start, end)
                .queryParam("granularity", granularity)
                .get(PATH + "dashboard")
                .then()
                .statusCode(400)
                .body("error", equalTo("bad_request"))
                .body("message", containsString(message))
                .extract()
                .asString();
        CONTRACT.check("ErrorResponse", body);
    }

    @Test
    void answersTheWidestWindows() {
        window(caller.withApiKey(), "2026-02-01", "2026-02-06")
                .queryParam("granularity", "minute")
                .get(PATH + "usage")
                .then()
                .statusCode(200)
                .body("$", hasSize(6 * 24 * 60));
        window(caller.withApiKey(), "2025-01-01", "2026-02-20")
                .get(PATH + "usage")
                .then()
                .statusCode(200)
                .body("$", hasSize(416 * 24));
        window(caller.withApiKey(), "1999-01-01", "2026-05-18")
                .queryParam("granularity", "day")
                .get(PATH + "usage")
                .then()
                .statusCode(200)
                .body("$", hasSize(10_000));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"'", "\\", "' OR 1=1 --", "{organization:String}", "%", "\"", ";", "\u0000", "🪨", "\\N", "NULL"
            })
    void metacharactersAreTreatedAsText(String nasty) {
        Deliveries.deliver(caller, success(nasty, "2026-02-20T13:00:00Z", nasty, 250));
        Deliveries.deliver(caller, success("other", "2026-02-20T13:00:00Z", "salesforce", 250));
        for (String granularity : List.of("hour", "minute")) {
            window(caller.withApiKey(), "2026-02-20", "2026-02-20")
                    .queryParam("granularity", granularity)
                    .queryParam("integration_key", nasty)
                    .get(PATH + "dashboard")
                    .then()
                    .statusCode(200)
                    .body("by_integration.integration_key", contains(nasty))
                    .body("usage.invocations.sum()", equalTo(1));
            for (String name : List.of("mode", "slug")) {
                window(caller.withApiKey(), "2026-02-20", "2026-02-20")
                        .queryParam("granularity", granularity)
                        .queryParam(name, nasty)
                        .get(PATH + "dashboard")
                        .then()
                        .statusCode(200)
                        .body("by_integration", empty());
            }
        }
        for (String name : List.of("granularity", "start_date", "end_date", "tz")) {
            caller.withApiKey()
                    .queryParam(name, nasty)
                    .get(PATH + "dashboard")
                    .then()
                    .statusCode(422);
        }
    }

    @Test
    void emptyFilterMatchesNothing() {
        Deliveries.deliver(caller, success("1", "2026-02-20T13:00:00Z", "salesforce", 250));
        window(caller.withApiKey(), "2026-02-20", "2026-02-20")
                .queryParam("integration_key", "")
                .get(PATH + "by-integration")
                .then()
                .statusCode(200)
                .body("$", empty());
    }

    @Test
    void unknownRoutesHaveTheErrorBodyOfTheApi() {
        caller.withApiKey().get(PATH + "nothing").then().statusCode(404).body("error", equalTo("not_found"));
        caller.withApiKey()
                .post(PATH + "dashboard")
                .then()
                .statusCode(405)
                .header("Allow", containsString("GET"))
                .body("error", equalTo("method_not_allowed"));
    }

    private static RequestSpecification window(RequestSpecification request, String start, String end) {
        return request.queryParam("start_date", start).queryParam("end_date", end);
    }
}
