package dev.quarry.apps;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.closeTo;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.ArrowAnswer;
import dev.quarry.testing.Contract;
import dev.quarry.testing.RawRequest;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final String INSTANT = "Nullable(DateTime64(3, 'UTC'))";

    private final Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
    private TestApp app;

    @BeforeEach
    void anApp() {
        app = TestApp.create();
    }

    @Test
    void overviewCountsTheLastDay() throws Exception {
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
        ok(ANALYTICS + "?start=" + now.minus(Duration.ofHours(12)) + "&end=" + now)
                .body("total_errors", equalTo(2))
                .body("period_hours", equalTo(12));
        String extended = ANALYTICS + "?by=url&compare=previous";
        ok(extended)
                .body("vitals_by_url.groups.sample_count", contains(4))
                .body("comparison.total_errors.count", equalTo(0));
        csv(extended).body(startsWith("timestamp,count,comparison_timestamp,comparison_count,change\r\n"));
        csv(extended + "&table=vitals").body(startsWith("kind,key,metric_name,p50,p75,p95,sample_count,rating\r\n"));
        assertEquals(
                List.of(INSTANT, "Nullable(Int64)", INSTANT, "Nullable(Int64)", "Nullable(Float64)"),
                arrow(extended).types());
        String rated = ANALYTICS + "?start=" + now.minus(Duration.ofHours(24)) + "&end=" + now + "&ratings=true";
        JsonNode tables = new ObjectMapper().readTree(ok(rated).extract().asString());
        for (String table : List.of("errors_over_time", "vitals", "recent_errors")) {
            arrow(rated + "&table=" + table).requireRowsOf(tables.get(table).toString());
        }
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
        app.request()
                .urlEncodingEnabled(false)
                .get(LOGS + link(first))
                .then()
                .statusCode(200)
                .body("entries.message", contains("m3", "m4"));
        ok(LOGS + "?log_type=requests").body("entries.status_code", contains(502));
    }

    /** Browsers and curl send such characters as they are, although a URI must not contain them. */
    @Test
    void linkOfAPageRepeatsCharactersThatAUriMustNotContain() throws IOException {
        String odd = "a\"<>\\^`{|}[]b";
        for (int second = 1; second <= 2; second++) {
            send("canvas_app_logs", Duration.ofSeconds(second), Map.of("level", "info", "message", odd + second));
        }

        String answer = RawRequest.send(
                URI.create("http://localhost:" + RestAssured.port),
                "GET /v1/apps/%s/logs?note=\u00e9\u00ff&limit=1&q=%s HTTP/1.1\r\nAuthorization: Bearer %s"
                        .formatted(app.id(), odd, app.caller().key()));

        assertTrue(answer.startsWith("HTTP/1.1 200 "), answer);
        Matcher link =
                Pattern.compile("(?i)\r\nLink: <(\\?[!-~]+)>; rel=\"next\"\r\n").matcher(answer);
        assertTrue(link.find(), answer);
        String query = URI.create(link.group(1)).getRawQuery();
        app.request()
                .urlEncodingEnabled(false)
                .get(LOGS + "?" + query)
                .then()
                .statusCode(200)
                .body("entries.message", contains(odd + 2));
    }

    @Test
    void linkOfALaterPageHasOneCursor() {
        for (int second = 1; second <= 3; second++) {
            send("canvas_app_logs", Duration.ofSeconds(second), Map.of("level", "info", "message", "m" + second));
        }
        String first = link(ok(LOGS + "?limit=1&level=info"));
        String second =
                link(app.request().urlEncodingEnabled(false).get(LOGS + first).then());
        assertTrue(first.startsWith("?limit=1&level=info&before="), first);
        assertTrue(second.startsWith("?limit=1&level=info&before="), second);
        assertEquals(first.split("before=").length, second.split("before=").length);
    }

    @ParameterizedTest
    @ValueSource(strings = {ANALYTICS, LOGS, LOGS + "/tail"})
    void unauthorizedCallersAreRefused(String route) {
        TestCaller outsider = TestCaller.create(Permissions.METRICS_READ);
        refused(401, given().get(route, app.id()), "ErrorResponse");
        refused(403, outsider.withBearer().get(route, app.id()), "ErrorResponse");
        refused(404, app.caller().withBearer().get(route, "app_other"), "ErrorResponse");
    }

    /** More requests than an organisation may have tails. */
    @Test
    void headOfATailOpensNone() {
        for (int request = 0; request < 5; request++) {
            app.request().head(LOGS + "/tail").then().statusCode(200).contentType("text/event-stream");
        }
        app.caller().withBearer().head(LOGS + "/tail", "app_other").then().statusCode(404);
    }

    @Test
    void invalidParametersAreRefused() {
        refused(422, app.request().get(ANALYTICS + "?hours=0&tz=Mars"), "HTTPValidationError");
        refused(422, app.request().get(LOGS + "?limit=x&log_type=y"), "HTTPValidationError");
        String tail = LOGS + "/tail";
        refused(422, app.request().get(tail + "?log_type=y"), "HTTPValidationError");
    }

    private void send(String table, Duration ago, Map<String, Object> fields) {
        app.send(table, now.minus(ago), fields);
    }

    private ValidatableResponse ok(String route) {
        return app.request().get(route).then().statusCode(200).contentType("application/json");
    }

    private ArrowAnswer arrow(String route) {
        return ArrowAnswer.read(app.request()
                .accept("application/vnd.apache.arrow.stream")
                .get(route)
                .then()
                .statusCode(200)
                .extract()
                .asByteArray());
    }

    private ValidatableResponse csv(String route) {
        return app.request().accept("text/csv").get(route).then().statusCode(200);
    }

    private static void refused(int status, Response response, String schema) {
        String body = response.then()
                .statusCode(status)
                .contentType("application/json")
                .extract()
                .asString();
        CONTRACT.check(schema, body);
    }

    private static String link(ValidatableResponse page) {
        return page.statusCode(200).extract().header("Link").replaceFirst("<(.*)>.*", "$1");
    }
}
