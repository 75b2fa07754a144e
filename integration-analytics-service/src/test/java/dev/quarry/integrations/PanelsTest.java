package dev.quarry.integrations;

import static dev.quarry.integrations.Invocation.failure;
import static dev.quarry.integrations.Invocation.success;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.ArrowAnswer;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each panel on its own: the envelope's numbers, CSV, Arrow, and the comparison with the window before. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class PanelsTest {
    private static final String PATH = "/v1/analytics/integrations/";
    private static final String ARROW = "application/vnd.apache.arrow.stream";
    private static final Map<String, String> PANELS = Map.of(
            "summary", "summary",
            "usage", "usage",
            "success-rate", "success_rate",
            "latency", "latency",
            "by-integration", "by_integration",
            "by-mode", "by_mode",
            "error-breakdown", "error_breakdown");

    private TestCaller caller;

    @BeforeEach
    void anOrganisationWithInvocations() {
        caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        Deliveries.deliver(
                caller,
                success("1", "2026-02-18T10:00:00Z", "stripe", 40),
                failure("2", "2026-02-18T10:30:00Z", "gone", "vendor_error", "auth"),
                success("3", "2026-02-19T10:00:00Z", "stripe", 60),
                success("4", "2026-02-20T10:00:00Z", "stripe", 100),
                success("5", "2026-02-20T10:00:00Z", "stripe", 200),
                success("6", "2026-02-20T10:00:00Z", "he said \"a,b\"", 300),
                failure("7", "2026-02-21T00:00:00Z", "stripe", "exception", "timeout"),
                failure("8", "2026-02-21T12:00:00Z", "stripe", "vendor_error", "auth"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hour", "day", "week"})
    void eachPanelEqualsItsPartOfTheDashboard(String granularity) {
        for (String zone : List.of("UTC", "Asia/Kolkata")) {
            var envelope = ask().queryParam("granularity", granularity)
                    .queryParam("tz", zone)
                    .get(PATH + "dashboard")
                    .jsonPath();
            PANELS.forEach((path, name) -> assertEquals(
                    envelope.getList(name),
                    ask().queryParam("granularity", granularity)
                            .queryParam("tz", zone)
                            .get(PATH + path)
                            .jsonPath()
                            .getList("$"),
                    path));
        }
    }

    @Test
    void answersCsvIfAccepted() {
        assertCsv("by-integration", """
                integration_key,invocations,successful,vendor_errors,exceptions,success_rate_pct,p95_latency_ms
                stripe,4,2,1,1,50.0,200.0
                "he said ""a,b""\",1,1,0,0,100.0,300.0
                """);
        assertCsv("by-mode", """
                mode,invocations,successful,vendor_errors,exceptions,success_rate_pct,p95_latency_ms
                vendor_api,5,3,1,1,60.0,300.0
                """);
        assertCsv("error-breakdown", """
                error_category,count,share_pct
                auth,1,50.0
                timeout,1,50.0
                """);
        assertCsv("usage?granularity=day", """
                time_bucket,invocations,successful,vendor_errors,exceptions
                2026-02-20T00:00:00Z,3,3,0,0
                2026-02-21T00:00:00Z,2,0,1,1
                """);
        assertCsv("success-rate?granularity=day", """
                time_bucket,invocations,successful,success_rate_pct
                2026-02-20T00:00:00Z,3,3,100.0
                2026-02-21T00:00:00Z,2,0,0.0
                """);
        assertCsv("latency?granularity=day", """
                time_bucket,invocations,p50_ms,p90_ms,p95_ms,p99_ms,avg_ms,max_ms
                2026-02-20T00:00:00Z,3,200.0,300.0,300.0,300.0,200.0,300.0
                2026-02-21T00:00:00Z,2,100.0,100.0,100.0,100.0,100.0,100.0
                """);
        assertCsv("error-breakdown?compare=previous", """
                error_category,count,share_pct,previous_error_category,previous_count,previous_share_pct
                auth,1,50.0,auth,1,100.0
                timeout,1,50.0,,,
                """);
    }

    @Test
    void textThatASpreadsheetWouldEvaluateIsPlainTextInCsv() {
        List<String> formulas = List.of(
                "=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "=cmd|'/c calc'!A0", "-\"a\",b", "'=1", "a=1", "1");
        caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        for (int number = 0; number < formulas.size(); number++) {
            Deliveries.insert(
                    caller,
                    List.of(failure("f" + number, "2026-02-20T10:00:00Z", "x", "exception", formulas.get(number))));
        }
        Deliveries.run();

        List<String> json = ask().get(PATH + "error-breakdown").jsonPath().getList("error_category");
        String csv = ask().accept("text/csv").get(PATH + "error-breakdown").asString();

        assertTrue(
                json.containsAll(List.of("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "a=1", "1")), json.toString());
        String share =
                "," + 1 + "," + ask().get(PATH + "error-breakdown").jsonPath().getDouble("[0].share_pct");
        for (String cell : List.of(
                "'=1+1",
                "'+1",
                "'-1",
                "'@SUM(A1)",
                "'\tx",
                "\"'\rx\"",
                "'=cmd|'/c calc'!A0",
                "\"'-\"\"a\"\",b\"",
                "'=1",
                "a=1",
                "1")) {
            assertTrue(csv.contains("\r\n" + cell + share + "\r\n"), cell + " is not in " + csv);
        }
    }

    @Test
    void negativeNumbersStayNumbersInCsv() {
        String csv = ask().accept("text/csv").get(PATH + "summary").asString();

        assertTrue(csv.contains(",-"), csv);
        assertFalse(csv.contains("'"), csv);
    }

    @Test
    void emptyCsvHasItsHeader() {
        TestCaller.create(Permissions.INTEGRATIONS_READ)
                .withApiKey()
                .accept("text/csv")
                .queryParam("start_date", "2026-02-20")
                .queryParam("end_date", "2026-02-20")
                .get(PATH + "error-breakdown")
                .then()
                .statusCode(200)
                .body(equalTo("error_category,count,share_pct\r\n"));
    }

    @Test
    void comparedRowsStandSideBySideInArrow() {
        ArrowAnswer read = ArrowAnswer.read(ask().accept(ARROW)
                .get(PATH + "error-breakdown?compare=previous")
                .asByteArray());

        assertEquals(
                List.of(
                        "error_category",
                        "count",
                        "share_pct",
                        "previous_error_category",
                        "previous_count",
                        "previous_share_pct"),
                read.names());
        assertEquals(
                "[[\"auth\", 1, 50, \"auth\", 1, 100], [\"timeout\", 1, 50, null, null, null]]",
                read.rows().toString());
    }

    @Test
    void emptyArrowHasItsColumns() {
        ArrowAnswer read = ArrowAnswer.read(TestCaller.create(Permissions.INTEGRATIONS_READ)
                .withApiKey()
                .accept(ARROW)
                .get(PATH + "error-breakdown?start_date=2026-02-20&end_date=2026-02-20")
                .asByteArray());

        assertEquals(List.of("error_category", "count", "share_pct"), read.names());
        assertEquals(List.of("Nullable(String)", "Nullable(Int64)", "Nullable(Float64)"), read.types());
        assertEquals(List.of(), read.rows());
    }

    /** 1,440 buckets are a large answer, which is written while it is made. */
    @Test
    void largeArrowHasTheRowsOfJson() throws Exception {
        String minutes = PATH + "usage?start_date=2026-02-20&end_date=2026-02-20&granularity=minute";
        String json = caller.withApiKey().get(minutes).asString();

        Response arrow = caller.withApiKey().accept(ARROW).get(minutes);

        assertEquals(Integer.toString(arrow.asByteArray().length), arrow.header("Content-Length"));
        ArrowAnswer.read(arrow.asByteArray()).requireRowsOf(json);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "*/*                               | application/json",
                "application/json                  | application/json",
                "text/csv;q=0.5, application/json  | application/json",
                "application/json;q=0.5, text/csv  | text/csv",
                "text/*                            | text/csv",
                "application/*                     | application/json",
                "application/xml                   | application/json",
                "application/vnd.apache.arrow.stream                                 | application/vnd.apache.arrow.stream",
                "application/vnd.apache.arrow.stream, */*;q=0.1                      | application/vnd.apache.arrow.stream",
                "text/csv;q=0.5, application/vnd.apache.arrow.stream;q=0.6           | application/vnd.apache.arrow.stream",
                "application/json, application/vnd.apache.arrow.stream;q=0.9         | application/json",
            })
    void theAcceptHeaderDecides(String accept, String type) {
        ask().accept(accept).get(PATH + "usage").then().statusCode(200).contentType(type);
    }

    @Test
    void comparesBucketsByPosition() {
        compared("usage", "day")
                .body("current.time_bucket", contains("2026-02-20T00:00:00Z", "2026-02-21T00:00:00Z"))
                .body("previous.time_bucket", contains("2026-02-18T00:00:00Z", "2026-02-19T00:00:00Z"))
                .body("current.invocations", contains(3, 2))
                .body("previous.invocations", contains(2, 1));
    }

    /** The five weeks that June touches with the five before them; each day stands beside one of the same weekday. */
    @Test
    void comparesWeeksWithWholeOnes() {
        Deliveries.deliver(
                caller,
                success("w1", "2026-04-26T23:59:00Z", "stripe", 40),
                success("w2", "2026-04-27T00:00:00Z", "stripe", 40),
                success("w3", "2026-05-26T12:00:00Z", "stripe", 40),
                success("w4", "2026-05-27T12:00:00Z", "stripe", 40));
        for (String zone : List.of("UTC", "Africa/Abidjan")) {
            RequestSpecification june = caller.withApiKey()
                    .queryParam("start_date", "2026-06-01")
                    .queryParam("end_date", "2026-06-30")
                    .queryParam("granularity", "week")
                    .queryParam("tz", zone);
            june.queryParam("compare", "previous")
                    .get(PATH + "usage")
                    .then()
                    .body("current", hasSize(5))
                    .body("[0].previous.time_bucket", equalTo("2026-04-27T00:00:00Z"))
                    .body("[4].previous.time_bucket", equalTo("2026-05-25T00:00:00Z"))
                    .body("previous.invocations", contains(1, 0, 0, 0, 1));
        }
        caller.withApiKey()
                .queryParam("start_date", "2027-04-26")
                .queryParam("end_date", "2027-05-02")
                .queryParam("granularity", "week")
                .queryParam("compare", "year")
                .get(PATH + "usage")
                .then()
                .body("previous.time_bucket", contains("2026-04-27T00:00:00Z"))
                .body("previous.invocations", contains(1));
    }

    /** Two categories in Latin-1, Müller and Möller, whose bytes are shown as the same text. */
    @Test
    void namesThatAreNotUtf8AreOneGroup() {
        TestCaller latin = TestCaller.create(Permissions.INTEGRATIONS_READ);
        Stores.execute("""
                INSERT INTO invocations (organization_id, time, event_id, integration_key, mode, outcome, error_category, latency_ms)
                SELECT '%s', '2026-02-20 10:00:00.000', generateUUIDv4(), 'stripe', 'vendor_api', 'exception',
                    concat('M', if(number < 30, unhex('FC'), unhex('F6')), 'ller'), 40
                FROM numbers(50)
                """.formatted(latin.organization()));
        Deliveries.run();
        for (String zone : List.of("UTC", "Africa/Abidjan")) {
            latin.withApiKey()
                    .queryParam("start_date", "2026-02-20")
                    .queryParam("end_date", "2026-02-20")
                    .queryParam("tz", zone)
                    .get(PATH + "error-breakdown")
                    .then()
                    .body("error_category", contains("M\uFFFDller"))
                    .body("count", contains(50));
        }
    }

    @Test
    void comparesGroupsByName() {
        compared("by-integration", "day")
                .body("$", hasSize(3))
                .body("[0].current.integration_key", equalTo("stripe"))
                .body("[0].previous.invocations", equalTo(2))
                .body("[1].previous", nullValue())
                .body("[2].current", nullValue())
                .body("[2].previous.integration_key", equalTo("gone"));
    }

    /** 29 February counts as 28 February. */
    @Test
    void comparesWithTheYearBefore() {
        Deliveries.deliver(
                caller,
                success("y1", "2023-02-28T10:00:00Z", "stripe", 40),
                success("y2", "2023-02-28T11:00:00Z", "gone", 40),
                success("y3", "2023-03-01T00:00:00Z", "late", 40),
                failure("y4", "2024-02-29T12:00:00Z", "stripe", "exception", "timeout"),
                failure("y5", "2024-01-01T12:00:00Z", "between", "exception", "timeout"));
        Map<String, String> leapDay =
                Map.of("start_date", "2024-02-29", "end_date", "2024-02-29", "granularity", "day", "compare", "year");
        caller.withApiKey()
                .queryParams(leapDay)
                .get(PATH + "usage")
                .then()
                .statusCode(200)
                .body("current.invocations", contains(1))
                .body("previous.time_bucket", contains("2023-02-28T00:00:00Z"))
                .body("previous.invocations", contains(2));
        for (String zone : List.of("UTC", "Etc/UTC", "Africa/Abidjan")) {
            caller.withApiKey()
                    .queryParams(leapDay)
                    .queryParam("tz", zone)
                    .get(PATH + "by-integration")
                    .then()
                    .statusCode(200)
                    .body("$", hasSize(2))
                    .body("[0].current.integration_key", equalTo("stripe"))
                    .body("[0].previous.invocations", equalTo(1))
                    .body("[1].current", nullValue())
                    .body("[1].previous.integration_key", equalTo("gone"));
            caller.withApiKey()
                    .queryParams(leapDay)
                    .queryParam("tz", zone)
                    .get(PATH + "summary")
                    .then()
                    .statusCode(200)
                    .body("[0].current_invocations", equalTo(1))
                    .body("[0].previous_invocations", equalTo(2))
                    .body("[0].pct_change_invocations", equalTo(-50.0f));
        }
    }

    /** As many days would reach into the leap year. */
    @Test
    void yearBeforeALeapYearHasNoneOfItsDays() {
        Deliveries.deliver(
                caller,
                success("l1", "2023-12-31T10:00:00Z", "stripe", 40),
                success("l2", "2024-01-01T10:00:00Z", "stripe", 40),
                success("l3", "2024-12-31T10:00:00Z", "stripe", 40));
        for (String zone : List.of("UTC", "Africa/Abidjan")) {
            RequestSpecification leapYear = caller.withApiKey()
                    .queryParam("start_date", "2024-01-01")
                    .queryParam("end_date", "2024-12-31")
                    .queryParam("granularity", "day")
                    .queryParam("compare", "year")
                    .queryParam("tz", zone);
            leapYear.get(PATH + "by-integration")
                    .then()
                    .body("current.invocations", contains(2))
                    .body("previous.invocations", contains(1));
            leapYear.get(PATH + "summary")
                    .then()
                    .body("[0].current_invocations", equalTo(2))
                    .body("[0].previous_invocations", equalTo(1));
            leapYear.get(PATH + "usage")
                    .then()
                    .body("[364].previous.time_bucket", equalTo("2023-12-31T00:00:00Z"))
                    .body("[364].previous.invocations", equalTo(1))
                    .body("[365].previous", nullValue());
        }
    }

    @Test
    void defaultsOfCompareAreWhatAnswersWithoutItHave() {
        for (String panel : List.of("summary", "dashboard")) {
            assertEquals(
                    ask().get(PATH + panel).asString(),
                    ask().queryParam("compare", "previous").get(PATH + panel).asString(),
                    panel);
        }
        for (String panel : List.of("usage", "by-mode")) {
            assertEquals(
                    ask().get(PATH + panel).asString(),
                    ask().queryParam("compare", "none").get(PATH + panel).asString(),
                    panel);
        }
    }

    @Test
    void saysHowLongTheEngineTook() {
        ask().get(PATH + "usage")
                .then()
                .statusCode(200)
                .header(
                        "Server-Timing",
                        matchesPattern("engine;dur=(?!0\\.00)\\d+\\.\\d\\d, total;dur=(?!0\\.00)\\d+\\.\\d\\d"));
    }

    @Test
    void answersHaveFreshnessAndTimingHeaders() {
        Instant before =
                Instant.parse(Stores.execute("SELECT now64(3, 'UTC')").strip().replace(' ', 'T') + "Z");
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> {
            Rollups.run();
            String asOf =
                    ask().get(PATH + "usage").then().statusCode(200).extract().header("X-Data-As-Of");
            return asOf != null && !Instant.parse(asOf).isBefore(before);
        });
    }

    private ValidatableResponse compared(String panel, String granularity) {
        return ask().queryParam("granularity", granularity)
                .queryParam("compare", "previous")
                .get(PATH + panel)
                .then()
                .statusCode(200);
    }

    private RequestSpecification ask() {
        return caller.withApiKey().queryParam("start_date", "2026-02-20").queryParam("end_date", "2026-02-21");
    }

    private void assertCsv(String panel, String lines) {
        ask().accept("text/csv")
                .get(PATH + panel)
                .then()
                .statusCode(200)
                .contentType("text/csv;charset=UTF-8")
                .body(equalTo(lines.replace("\n", "\r\n")));
    }
}
