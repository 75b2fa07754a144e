package dev.quarry.apps;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Contract;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each route by the system's clock, from outside: numbers, shapes, and who gets in. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class RoutesTest {
    private static final Contract CONTRACT = Contract.ofResource("/contract/mixpeek.json");
    private static final String ANALYTICS = "/v1/apps/{app}/analytics";
    private static final String LOGS = "/v1/apps/{app}/logs";

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private TestApp app;

    @BeforeEach
    void anApp() {
        app = TestApp.create();
    }

    @Test
    void overviewCountsTheLastDay() {
        send("canvas_errors", Duration.ofHours(2), Map.of("error_type", "TypeError", "error_message", "x", "url", "/"));
        send("canvas_errors", Duration.ofHours(3), Map.of("error_type", "TypeError", "error_message", "y", "url", "/"));
        send("canvas_app_events", Duration.ofHours(4), Map.of("event_type", "page_view"));
        send("canvas_app_events", Duration.ofHours(4), Map.of("event_type", "click"));
        for (int value : new int[] {1_000, 2_000, 3_000, 9_000}) {
            send("canvas_vitals", Duration.ofHours(5), Map.of("metric_name", "LCP", "value", value));
        }
        Rollups.run();

        String body = ok(ANALYTICS + "?hours=24")
                .body("total_errors", equalTo(2))
                .body("recent_errors.error_message", contains("x", "y"))
                .body("errors_over_time.count.sum()", equalTo(2))
                .body("total_events", equalTo(2))
                .body("total_pageviews", equalTo(1))
                .body("vitals", hasSize(1))
                .body("vitals[0].p50.toDouble()", closeTo(2_000, 0.01))
                .body("vitals[0].sample_count", equalTo(4))
                .extract()
                .asString();
        CONTRACT.check("AppAnalyticsResponse", body);
        ok(ANALYTICS + "?hours=24&ratings=true").body("vitals[0].rating", equalTo("needs-improvement"));
        ok(ANALYTICS + "?hours=1").body("total_errors", equalTo(0));
    }

    @Test
    void logIsReadPageByPage() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            rows.add(app.row(now.minusSeconds(i + 1), Map.of("level", "info", "message", "m" + i)));
        }
        app.send("canvas_app_logs", rows);
        send(
                "canvas_request_logs",
                Duration.ofMinutes(1),
                Map.of(
                        "method", "GET",
                        "path", "/pay",
                        "status_code", 502,
                        "duration_ms", 12.5,
                        "user_agent", "curl/8",
                        "ip", ""));

        var first = ok(LOGS + "?limit=3").body("entries.message", contains("m0", "m1", "m2"));
        CONTRACT.check("AppLogsResponse", first.extract().asString());
        String next = first.extract().header("Link").replaceFirst("<(.*)>.*", "$1");
        app.request()
                .urlEncodingEnabled(false)
                .get(LOGS + next)
                .then()
                .statusCode(200)
                .body("entries.message", contains("m3", "m4"));
        ok(LOGS + "?log_type=requests").body("entries.status_code", contains(502));
    }

    @ParameterizedTest
    @ValueSource(strings = {ANALYTICS, LOGS, LOGS + "/tail"})
    void unauthorizedCallersAreRefused(String route) {
        TestCaller outsider = TestCaller.create(Permissions.METRICS_READ);
        CONTRACT.check("ErrorResponse", refused(given().get(route, app.id()).then(), 401));
        CONTRACT.check(
                "ErrorResponse",
                refused(outsider.withBearer().get(route, app.id()).then(), 403));
        CONTRACT.check(
                "ErrorResponse",
                refused(app.caller().withBearer().get(route, "app_other").then(), 404));
    }

    @Test
    void invalidParametersAreRefused() {
        CONTRACT.check(
                "HTTPValidationError",
                refused(app.request().get(ANALYTICS + "?hours=0&tz=Mars").then(), 422));
        CONTRACT.check(
                "HTTPValidationError",
                refused(app.request().get(LOGS + "?limit=x&log_type=y").then(), 422));
    }

    private void send(String table, Duration ago, Map<String, Object> fields) {
        app.send(table, now.minus(ago), fields);
    }

    private ValidatableResponse ok(String route) {
        return app.request().get(route).then().statusCode(200).contentType("application/json");
    }

    private static String refused(ValidatableResponse response, int status) {
        return response.statusCode(status)
                .contentType("application/json")
                .extract()
                .asString();
    }
}
