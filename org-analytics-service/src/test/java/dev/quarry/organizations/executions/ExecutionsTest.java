package dev.quarry.organizations.executions;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.everyItem;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.organizations.TestOrganization;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.ArrowAnswer;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class ExecutionsTest {
    private static final String PATH = "/workspaces/main/analytics/executions";

    @Inject
    TestClock clock;

    @Inject
    RollupJob job;

    private TestOrganization organization;

    @BeforeEach
    void create() {
        clock.setTo(Instant.parse("2026-03-30T13:30:00Z"));
        organization = TestOrganization.create();
        organization.addWorkspace("main");
        organization.addWorkspace("other");
    }

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    private void deliver(Execution... executions) {
        Execution.deliver(organization.id(), List.of(executions));
        job.run();
    }

    @Test
    void redeliveredExecutionIsCountedOnce() {
        Execution twice = Execution.at("main", "2026-03-30T11:00:00.123Z", true);
        deliver(
                twice,
                Execution.at("main", "2026-03-30T12:59:59.999Z", true),
                Execution.at("main", "2025-12-30T10:00:00Z", false),
                Execution.at("other", "2026-03-30T11:00:00Z", false));
        deliver(twice);

        organization
                .read(PATH)
                .statusCode(200)
                .body("total", equalTo(3))
                .body("success", equalTo(2))
                .body("failed", equalTo(1))
                .body("success_rate", equalTo(66.67f))
                .body("$", not(hasKey("previous")));
    }

    @Test
    void workspaceWithoutExecutionsHasZeros() {
        organization
                .read(PATH)
                .statusCode(200)
                .body("total", equalTo(0))
                .body("success", equalTo(0))
                .body("failed", equalTo(0))
                .body("success_rate", equalTo(0f));
    }

    @Test
    void includesThePreviousPeriodOnRequest() {
        deliver(
                Execution.at("main", "2026-03-30T00:00:00Z", true),
                Execution.at("main", "2026-03-29T00:00:00Z", true),
                Execution.at("main", "2026-03-28T23:59:59.999Z", false),
                Execution.at("main", "2026-03-27T00:00:00Z", true),
                Execution.at("main", "2026-03-26T23:59:59.999Z", true));

        organization
                .read(PATH + "?days=2&include=previous")
                .statusCode(200)
                .body("total", equalTo(2))
                .body("success_rate", equalTo(100f))
                .body("previous.total", equalTo(2))
                .body("previous.failed", equalTo(1))
                .body("previous.success_rate", equalTo(50f));
        organization.read(PATH + "?hours=14").body("total", equalTo(1));
        organization.read(PATH + "?hours=13").body("total", equalTo(0));
    }

    @Test
    void refusesAnInvalidPeriod() {
        organization
                .read(PATH + "?days=2&hours=2")
                .statusCode(422)
                .body("detail[0].loc", contains("query", "hours"))
                .body("detail[0].type", equalTo("value_error"));
        organization
                .read(PATH + "?include=previous")
                .statusCode(422)
                .body("detail[0].loc", contains("query", "include"));
        organization
                .read(PATH + "/daily?compare=decade")
                .statusCode(422)
                .body("detail[0].loc", contains("query", "compare"));
        organization
                .read(PATH + "?include=everything&tz=Mars&days=x")
                .statusCode(422)
                .body(
                        "detail.loc",
                        contains(List.of("query", "days"), List.of("query", "tz"), List.of("query", "include")));
    }

    @Test
    void listsEveryHourOldestFirst() {
        deliver(
                Execution.at("main", "2026-03-30T13:00:00Z", true),
                Execution.at("main", "2026-03-30T13:59:59.999Z", false),
                Execution.at("main", "2026-03-29T14:00:00Z", true),
                Execution.at("main", "2026-03-29T13:59:59.999Z", true),
                Execution.at("other", "2026-03-30T12:00:00Z", true));

        organization
                .read(PATH + "/hourly")
                .statusCode(200)
                .body("metric", equalTo("executions"))
                .body("period", equalTo("hourly"))
                .body("data", hasSize(24))
                .body("data[0].timestamp", equalTo("2026-03-29T14:00:00Z"))
                .body("data[0].value", equalTo(1))
                .body("data[1..22].value", everyItem(is(0)))
                .body("data[23].timestamp", equalTo("2026-03-30T13:00:00Z"))
                .body("data[23].value", equalTo(2))
                .body("$", not(hasKey("previous")))
                .body("$", not(hasKey("comparison")));
        organization
                .read(PATH + "/hourly?hours=24&include=previous")
                .body("data.value.sum()", equalTo(3))
                .body("previous", hasSize(24))
                .body("previous[23].timestamp", equalTo("2026-03-29T13:00:00Z"))
                .body("previous[23].value", equalTo(1))
                .body("previous.value.sum()", equalTo(1));
    }

    @Test
    void listsEveryDayOldestFirst() {
        deliver(
                Execution.at("main", "2026-03-30T00:00:00Z", true),
                Execution.at("main", "2026-03-01T00:00:00Z", false),
                Execution.at("main", "2026-02-28T23:59:59.999Z", true));

        organization
                .read(PATH + "/daily")
                .statusCode(200)
                .body("metric", equalTo("executions"))
                .body("period", equalTo("daily"))
                .body("data", hasSize(30))
                .body("data[0].timestamp", equalTo("2026-03-01T00:00:00Z"))
                .body("data[0].value", equalTo(1))
                .body("data[29].timestamp", equalTo("2026-03-30T00:00:00Z"))
                .body("data[29].value", equalTo(1))
                .body("data.value.sum()", equalTo(2));
        organization.read(PATH + "/daily?days=90").body("data", hasSize(90)).body("data.value.sum()", equalTo(3));
    }

    /** 29 February counts as 28 February. */
    @Test
    void comparesWithTheYearBefore() {
        clock.setTo(Instant.parse("2024-02-29T01:30:00Z"));
        deliver(
                Execution.at("main", "2024-02-29T01:00:00Z", true),
                Execution.at("main", "2024-02-29T01:10:00Z", true),
                Execution.at("main", "2024-02-28T10:00:00Z", true),
                Execution.at("main", "2023-02-28T01:10:00Z", true),
                Execution.at("main", "2023-02-28T12:00:00Z", false),
                Execution.at("main", "2023-02-28T13:00:00Z", false),
                Execution.at("other", "2023-02-27T10:00:00Z", true));

        organization
                .read(PATH + "/daily?days=2&compare=year")
                .statusCode(200)
                .body("data.value", contains(1, 2))
                .body("comparison.timestamp", contains("2023-02-28T00:00:00Z", "2023-03-01T00:00:00Z"))
                .body("comparison.value", contains(3, 0))
                .body("comparison.change", contains(equalTo(-66.67f), nullValue()))
                .body("$", not(hasKey("previous")));
        organization
                .read(PATH + "/hourly?hours=1&compare=year")
                .body("data.value", contains(2))
                .body("comparison.timestamp", contains("2023-02-28T01:00:00Z"))
                .body("comparison.value", contains(1))
                .body("comparison.change", contains(100.0f));
    }

    @Test
    void csvHasTheComparisonBesideTheSeries() {
        deliver(
                Execution.at("main", "2026-03-30T10:00:00Z", true),
                Execution.at("main", "2026-03-29T10:00:00Z", true),
                Execution.at("main", "2026-03-28T10:00:00Z", true),
                Execution.at("main", "2026-03-28T11:00:00Z", true),
                Execution.at("main", "2025-03-30T10:00:00Z", true));

        assertCsv("compare=previous", """
                timestamp,value,previous_timestamp,previous_value,comparison_timestamp,comparison_value,change
                2026-03-29T00:00:00Z,1,,,2026-03-27T00:00:00Z,0,
                2026-03-30T00:00:00Z,1,,,2026-03-28T00:00:00Z,2,-50.0
                """);
        assertCsv("compare=year&include=previous", """
                timestamp,value,previous_timestamp,previous_value,comparison_timestamp,comparison_value,change
                2026-03-29T00:00:00Z,1,2026-03-27T00:00:00Z,0,2025-03-29T00:00:00Z,0,
                2026-03-30T00:00:00Z,1,2026-03-28T00:00:00Z,2,2025-03-30T00:00:00Z,1,0.0
                """);
        assertCsv("include=previous", """
                timestamp,value,previous_timestamp,previous_value
                2026-03-29T00:00:00Z,1,2026-03-27T00:00:00Z,0
                2026-03-30T00:00:00Z,1,2026-03-28T00:00:00Z,2
                """);
    }

    @Test
    void arrowHasTheComparisonBesideTheSeries() {
        deliver(Execution.at("main", "2026-03-30T10:00:00Z", true));

        ArrowAnswer read = ArrowAnswer.read(
                daily("compare=previous", "application/vnd.apache.arrow.stream").asByteArray());

        assertEquals(
                List.of(
                        "Nullable(DateTime64(3, 'UTC'))",
                        "Nullable(Int64)",
                        "Nullable(DateTime64(3, 'UTC'))",
                        "Nullable(Int64)",
                        "Nullable(DateTime64(3, 'UTC'))",
                        "Nullable(Int64)",
                        "Nullable(Float64)"),
                read.types());
        assertEquals(
                "[\"2026-03-30T00:00:00.000Z\", 1, null, null, \"2026-03-28T00:00:00.000Z\", 0, null]",
                read.rows().getLast().toString());
    }

    private void assertCsv(String parameters, String lines) {
        daily(parameters, "text/csv").then().body(equalTo(lines.replace("\n", "\r\n")));
    }

    private Response daily(String parameters, String mediaType) {
        Response answer = organization
                .caller()
                .withBearer()
                .accept(mediaType)
                .get("/v1/orgs/" + organization.id() + PATH + "/daily?days=2&" + parameters);
        assertEquals(200, answer.statusCode());
        return answer;
    }

    @Test
    void bucketsStartInTheRequestedTimeZone() {
        deliver(
                Execution.at("main", "2026-03-28T23:00:00Z", true),
                Execution.at("main", "2026-03-29T21:59:59.999Z", true),
                Execution.at("main", "2026-03-29T22:00:00Z", true),
                Execution.at("main", "2026-03-29T18:29:59.999Z", true));

        // The day of 23 hours.
        organization
                .read(PATH + "/daily?days=3&tz=Europe/Berlin")
                .body(
                        "data.timestamp",
                        contains("2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"))
                .body("data.value", contains(0, 3, 1));
        // Half an hour off.
        organization
                .read(PATH + "/daily?days=2&tz=Asia/Kolkata")
                .body("data.timestamp", contains("2026-03-28T18:30:00Z", "2026-03-29T18:30:00Z"))
                .body("data.value", contains(2, 2));
        organization
                .read(PATH + "/hourly?hours=2&tz=Asia/Kolkata")
                .body("data.timestamp", contains("2026-03-30T12:30:00Z", "2026-03-30T13:30:00Z"));
    }

    /** PostgreSQL has a clock of its own, so this is far ahead of it. */
    @Test
    void updatedAtIsTheNewestExecutionButNotInTheFuture() {
        clock.setTo(Instant.parse("2098-05-05T12:00:00Z"));
        deliver(Execution.at("main", "2098-05-05T11:00:00.123Z", true));
        organization.read("/workspaces/main/analytics").body("updated_at", equalTo("2098-05-05T11:00:00.123Z"));
        organization.read("/analytics").body("updated_at", equalTo("2098-05-05T11:00:00.123Z"));
        organization.read("/analytics?workspace_id=other").body("updated_at", not(equalTo("2098-05-05T11:00:00.123Z")));

        deliver(Execution.at("main", "2098-05-05T13:00:00Z", true));
        organization.read("/workspaces/main/analytics").body("updated_at", equalTo("2098-05-05T12:00:00Z"));
    }

    @Test
    void boundViolationsHaveTheMessagesOfPydantic() {
        organization
                .read(PATH + "/hourly?hours=169")
                .statusCode(422)
                .body("detail[0].loc", contains("query", "hours"))
                .body("detail[0].type", equalTo("less_than_equal"))
                .body("detail[0].msg", equalTo("Input should be less than or equal to 168"))
                .body("detail[0].input", equalTo("169"))
                .body("detail[0].ctx.le", equalTo(168));
        organization
                .read(PATH + "/daily?days=0")
                .statusCode(422)
                .body("detail[0].type", equalTo("greater_than_equal"))
                .body("detail[0].ctx.ge", equalTo(1));
        organization.read(PATH + "/daily?days=91").statusCode(422).body("detail[0].ctx.le", equalTo(90));
        organization.read(PATH + "/daily?days=").statusCode(422).body("detail[0].type", equalTo("int_parsing"));
    }

    @Test
    void workspaceOfAnotherOrganisationIsNotFound() {
        TestOrganization stranger = TestOrganization.create();
        stranger.addWorkspace("theirs");
        for (String endpoint : List.of("", "/hourly", "/daily")) {
            organization
                    .read("/workspaces/theirs/analytics/executions" + endpoint)
                    .statusCode(404)
                    .body("error", equalTo("RESOURCE_NOT_FOUND"))
                    .body("details.resource_type", equalTo("workspace"))
                    .body("details.resource_id", equalTo("theirs"))
                    .body("status_code", equalTo(404));
            organization
                    .caller()
                    .withBearer()
                    .get("/v1/orgs/" + stranger.id() + "/workspaces/theirs/analytics/executions" + endpoint)
                    .then()
                    .statusCode(404)
                    .body("details.resource_type", equalTo("organization"))
                    .body("details.resource_id", equalTo(stranger.id()));
        }
    }
}
