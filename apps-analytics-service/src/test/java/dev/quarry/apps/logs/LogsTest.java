package dev.quarry.apps.logs;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import dev.quarry.apps.TestApp;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.Contract;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class LogsTest {
    private static final Instant NOW = Instant.parse("2026-02-20T13:00:00Z");
    private static final String ROUTE = "/v1/apps/{app}/logs";
    private static final Contract CONTRACT = Contract.ofResource("/contract/mixpeek.json");

    @Inject
    TestClock clock;

    private TestApp app;

    @BeforeEach
    void anAppAtNoon() {
        clock.setTo(NOW);
        app = TestApp.create();
    }

    @AfterEach
    void clockRuns() {
        clock.reset();
    }

    @Test
    void listsRuntimeEntriesNewestFirst() {
        app.send(
                "canvas_app_logs",
                List.of(
                        runtime(ago("PT2S"), "info", "first"),
                        runtime(ago("PT1S"), "error", "second"),
                        runtime(ago("PT1.5S"), "warn", "between")));

        logs("").body("app_id", equalTo("app_web"))
                .body("log_type", equalTo("runtime"))
                .body("entries.message", contains("second", "between", "first"))
                .body(
                        "entries[0]",
                        equalTo(Map.of(
                                "timestamp", "2026-02-20T12:59:59.000Z",
                                "level", "error",
                                "message", "second",
                                "route_path", "/checkout",
                                "request_id", "req_1")));
    }

    @Test
    void listsServedRequests() {
        app.send("canvas_request_logs", List.of(request(ago("PT1S"), "/pay", 502)));

        logs("log_type=requests")
                .body("log_type", equalTo("requests"))
                .body(
                        "entries",
                        contains(Map.of(
                                "timestamp", "2026-02-20T12:59:59.000Z",
                                "method", "POST",
                                "path", "/pay",
                                "status_code", 502,
                                "duration_ms", 12.5f,
                                "user_agent", "curl/8",
                                "ip", "203.0.113.0")));
    }

    @Test
    void appWithoutEntriesHasEmptyLogs() {
        logs("").body("entries", empty()).header("Link", nullValue());
        logs("log_type=requests&hours=168").body("entries", empty()).header("Link", nullValue());
    }

    @Test
    void windowIsHalfOpen() {
        app.send(
                "canvas_app_logs",
                List.of(
                        runtime(NOW, "info", "at its end"),
                        runtime(ago("PT2H"), "info", "at its start"),
                        runtime(ago("PT2H0.001S"), "info", "before it")));

        logs("hours=2").body("entries.message", contains("at its start"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"log", "info", "warn", "error"})
    void filtersByLevel(String level) {
        for (String written : List.of("log", "info", "warn", "error")) {
            app.send(
                    "canvas_app_logs", List.of(runtime(ago("PT1S"), written, "a"), runtime(ago("PT2S"), written, "b")));
        }

        logs("level=" + level)
                .body("entries.level", contains(level, level))
                .body("entries.message", contains("a", "b"));
    }

    @ParameterizedTest
    @CsvSource({"LOG, log", "Info, info", "WARN, warn", "ERROR, error", "Error, error"})
    void filtersByLevelInAnyCase(String asked, String level) {
        for (String written : List.of("log", "info", "warn", "error")) {
            app.send(
                    "canvas_app_logs", List.of(runtime(ago("PT1S"), written, "a"), runtime(ago("PT2S"), written, "b")));
        }

        logs("level=" + asked)
                .body("entries.level", contains(level, level))
                .body("entries.message", contains("a", "b"));
    }

    /** The engine translates the name that is sent, the service the one that is asked for. */
    @ParameterizedTest
    @CsvSource({
        "err, error",
        "FATAL, error",
        "critical, error",
        "crit, error",
        "severe, error",
        "alert, error",
        "emergency, error",
        "emerg, error",
        "panic, error",
        "Warning, warn",
        "information, info",
        "informational, info",
        "notice, info",
        "debug, log",
        "trace, log",
        "VERBOSE, log",
        "fine, log"
    })
    void filtersByTheNamesThatProducersGiveALevel(String name, String level) {
        app.send("canvas_app_logs", List.of(runtime(ago("PT1S"), name, "sent as " + name)));
        for (String written : List.of("log", "info", "warn", "error")) {
            app.send("canvas_app_logs", List.of(runtime(ago("PT2S"), written, "sent as " + written)));
        }

        logs("level=" + name)
                .body("entries.level", contains(level, level))
                .body("entries.message", contains("sent as " + name, "sent as " + level));
    }

    @Test
    void levelFiltersOnlyTheRuntimeLog() {
        app.send("canvas_request_logs", List.of(request(ago("PT1S"), "/", 200)));

        logs("log_type=requests&level=error").body("entries", hasSize(1));
        logs("level=").body("entries", empty());
        logs("level=unknown").body("entries", empty());
    }

    @Test
    void cutsLongMessagesAtTwoThousandCharacters() {
        app.send("canvas_app_logs", List.of(runtime(ago("PT1S"), "error", "\uD83D\uDE80".repeat(2_001))));

        logs("").body("entries[0].message", equalTo("\uD83D\uDE80".repeat(2_000)));
        logs("level=error").body("entries[0].message", equalTo("\uD83D\uDE80".repeat(2_000)));
    }

    @Test
    void cutsOtherTextsAtEightThousandCharacters() {
        String rest = "p".repeat(8_000);
        Map<String, Object> runtime = with(
                runtime(ago("PT1S"), "error", "short"),
                Map.of("route_path", rest + "!", "request_id", rest + "!".repeat(3_000_000)));
        Map<String, Object> request = with(
                request(ago("PT1S"), rest + "!".repeat(3_000_000), 200),
                Map.of("method", rest + "!", "user_agent", rest + "!", "ip", rest + "!"));
        app.send("canvas_app_logs", List.of(runtime));
        app.send("canvas_request_logs", List.of(request));

        for (String query : List.of("", "level=error", "q=short")) {
            logs(query).body("entries.route_path", contains(rest)).body("entries.request_id", contains(rest));
        }
        for (String text : List.of("method", "path", "user_agent", "ip")) {
            logs("log_type=requests").body("entries." + text, contains(rest));
        }
    }

    @Test
    void aPageHasABoundedNumberOfBytes() {
        String agent = "\uD83D\uDE80".repeat(8_000);
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            rows.add(with(request(ago("PT1S").minusMillis(i), "/pay", 200), Map.of("user_agent", agent)));
        }
        app.send("canvas_request_logs", rows);

        app.request()
                .get(ROUTE + "?log_type=requests")
                .then()
                .statusCode(400)
                .body("error.type", equalTo("BadRequestError"));
        logs("log_type=requests&limit=20").body("entries.user_agent", everyItem(equalTo(agent)));
    }

    @Test
    void messagesKeepEveryCharacter() {
        String message = "tab\t quote\" backslash\\ newline\n nul\0 bell\u0007 \u2028 ünïcödé 漢字 \uD83D\uDE80 <script>";
        app.send("canvas_app_logs", List.of(runtime(ago("PT1S"), "log", message)));

        logs("").body("entries[0].message", equalTo(message));
    }

    @Test
    void redeliveredEntryIsListedOnce() {
        Map<String, Object> row = runtime(ago("PT1S"), "error", "once");
        app.send("canvas_app_logs", List.of(row, runtime(ago("PT3S"), "error", "older")));
        app.send("canvas_app_logs", List.of(row));
        app.send("canvas_app_logs", List.of(row));

        logs("").body("entries.message", contains("once", "older"));
        logs("level=error").body("entries.message", contains("once", "older"));
        logs("limit=1").body("entries.message", contains("once"));
    }

    /**
     * The first delivery stays in one table until its parts have merged, and in the other table, under another key, for
     * ever.
     */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void correctedEntryHasTheContentOfItsNewestDelivery(boolean merged) {
        Map<String, Object> calmed = runtime(ago("PT1S"), "error", "first");
        Map<String, Object> worse = runtime(ago("PT2S"), "info", "second");
        Map<String, Object> retold = runtime(ago("PT3S"), "error", "third");
        Map<String, Object> request = app.row(ago("PT1S"), Map.of("path", "/wrong", "duration_ms", 1));
        app.send("canvas_app_logs", List.of(calmed, worse, retold, runtime(ago("PT4S"), "error", "kept")));
        app.send("canvas_request_logs", List.of(request));
        app.send(
                "canvas_app_logs",
                List.of(
                        with(calmed, Map.of("level", "info")),
                        with(worse, Map.of("level", "warn", "message", "grave")),
                        with(retold, Map.of("message", "mended"))));
        app.send("canvas_request_logs", List.of(with(request, Map.of("path", "/right"))));
        if (merged) {
            Stores.execute("OPTIMIZE TABLE canvas_app_logs FINAL");
            Stores.execute("OPTIMIZE TABLE canvas_app_problems FINAL");
        }

        logs("").body("entries.message", contains("first", "grave", "mended", "kept"))
                .body("entries.level", contains("info", "warn", "error", "error"));
        logs("level=error").body("entries.message", contains("mended", "kept"));
        logs("level=error&limit=1").body("entries.message", contains("mended"));
        logs("level=warn").body("entries.message", contains("grave"));
        logs("level=info").body("entries.message", contains("first"));
        logs("q=second").body("entries", empty());
        logs("level=error&q=third").body("entries", empty());
        logs("log_type=requests&q=wrong").body("entries", empty());
        logs("log_type=requests").body("entries.path", contains("/right"));
    }

    private static Map<String, Object> with(Map<String, Object> row, Map<String, Object> fields) {
        Map<String, Object> changed = new LinkedHashMap<>(row);
        changed.putAll(fields);
        return changed;
    }

    @Test
    void appOfAnotherOrganisationIsNotFound() {
        TestApp theirs = TestApp.create();
        theirs.send("canvas_app_logs", List.of(theirs.row(ago("PT1S"), Map.of("level", "info", "message", "theirs"))));

        theirs.request().get(ROUTE).then().statusCode(200).body("entries.message", contains("theirs"));
        logs("").body("entries", empty());
        String secret = "app_secret";
        TestApp.create(theirs.caller(), secret);
        for (String unknown : List.of(secret, "app_none", "a'b", "%00", "%F0%9F%9A%80")) {
            String body = app.caller()
                    .withBearer()
                    .urlEncodingEnabled(false)
                    .get("/v1/apps/" + unknown + "/logs")
                    .then()
                    .statusCode(404)
                    .body("success", equalTo(false))
                    .body("error.type", equalTo("NotFoundError"))
                    .body("error.message", equalTo("App not found"))
                    .extract()
                    .asString();
            CONTRACT.check("ErrorResponse", body);
        }
    }

    @Test
    void requiresAKeyWithThePermission() {
        CONTRACT.check(
                "ErrorResponse",
                io.restassured.RestAssured.given()
                        .get(ROUTE, "app_web")
                        .then()
                        .statusCode(401)
                        .extract()
                        .asString());
        TestApp unread = TestApp.create(TestCaller.create(Permissions.METRICS_READ), "app_web");
        CONTRACT.check(
                "ErrorResponse",
                unread.request().get(ROUTE).then().statusCode(403).extract().asString());
    }

    @ParameterizedTest
    @CsvSource({
        "hours=0,                hours,    greater_than_equal, Input should be greater than or equal to 1",
        "hours=169,              hours,    less_than_equal,    Input should be less than or equal to 168",
        "hours=soon,             hours,    int_parsing,        'Input should be a valid integer, unable to parse string as an integer'",
        "limit=0,                limit,    greater_than_equal, Input should be greater than or equal to 1",
        "limit=1001,             limit,    less_than_equal,    Input should be less than or equal to 1000",
        "log_type=audit,         log_type, enum,               Input should be 'runtime' or 'requests'",
    })
    void refusesWhatIsNotDocumented(String query, String parameter, String type, String message) {
        String body = app.request()
                .get(ROUTE + "?" + query)
                .then()
                .statusCode(422)
                .body("detail[0].loc", contains("query", parameter))
                .body("detail[0].type", equalTo(type))
                .body("detail[0].msg", equalTo(message))
                .extract()
                .asString();
        CONTRACT.check("HTTPValidationError", body);
    }

    @Test
    void listsAllViolationsAtOnce() {
        app.request()
                .get(ROUTE + "?log_type=x&hours=0&limit=x&before=x")
                .then()
                .statusCode(422)
                .body("detail.loc.collect { it[1] }", contains("log_type", "hours", "limit", "before"));
    }

    private ValidatableResponse logs(String query) {
        ValidatableResponse response = app.request()
                .get(ROUTE + (query.isEmpty() ? "" : "?" + query))
                .then()
                .statusCode(200);
        CONTRACT.check("AppLogsResponse", response.extract().asString());
        return response;
    }

    private Map<String, Object> runtime(Instant timestamp, String level, String message) {
        return app.row(
                timestamp,
                Map.of("level", level, "message", message, "route_path", "/checkout", "request_id", "req_1"));
    }

    private Map<String, Object> request(Instant timestamp, String path, int status) {
        return app.row(
                timestamp,
                Map.of(
                        "method",
                        "POST",
                        "path",
                        path,
                        "status_code",
                        status,
                        "duration_ms",
                        12.5,
                        "user_agent",
                        "curl/8",
                        "ip",
                        "203.0.113.0"));
    }

    private static Instant ago(String duration) {
        return NOW.minus(Duration.parse(duration));
    }
}
