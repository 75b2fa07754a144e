package dev.quarry.integrations;

import static dev.quarry.integrations.Invocation.failure;
import static dev.quarry.integrations.Invocation.success;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Contract;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Test;

/** The envelope in the states that a tenant can be in; every answer is held against the published schema. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class DashboardTest {
    private static final String DASHBOARD = "/v1/analytics/integrations/dashboard";
    private static final Contract CONTRACT = Contract.ofResource("/contract/feather.json");

    private final TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);

    @Test
    void dashboardOfATenantWithoutData() {
        dashboard("2026-02-20", "2026-02-20")
                .body("summary", empty())
                .body("usage", hasSize(24))
                .body("usage[0].time_bucket", equalTo("2026-02-20T00:00:00Z"))
                .body("usage[23].time_bucket", equalTo("2026-02-20T23:00:00Z"))
                .body("usage.invocations.sum()", equalTo(0))
                .body("success_rate[7].success_rate_pct", equalTo(0f))
                .body("latency[7].p99_ms", equalTo(0f))
                .body("by_integration", empty())
                .body("by_mode", empty())
                .body("error_breakdown", empty());
    }

    @Test
    void dashboardOfATenantWithOneInvocation() {
        Deliveries.deliver(caller, success("1", "2026-02-20T13:00:00Z", "salesforce", 250));

        dashboard("2026-02-20", "2026-02-20")
                .body("summary", hasSize(1))
                .body("summary[0].current_invocations", equalTo(1))
                .body("summary[0].previous_invocations", equalTo(0))
                .body("summary[0].pct_change_invocations", nullValue())
                .body("summary[0].current_success_rate_pct", equalTo(100f))
                .body("summary[0].previous_success_rate_pct", nullValue())
                .body("summary[0].previous_avg_latency_ms", nullValue())
                .body("summary[0].current_p95_latency_ms", equalTo(250f))
                .body("summary[0].previous_p95_latency_ms", nullValue())
                .body("usage[13].invocations", equalTo(1))
                .body("latency[13].p50_ms", equalTo(250f))
                .body("by_integration.integration_key", contains("salesforce"));
    }

    @Test
    void dashboardOfATenantWithFailuresOnly() {
        Deliveries.deliver(
                caller,
                failure("1", "2026-02-20T13:00:00Z", "hubspot", "vendor_error", "rate_limited"),
                failure("2", "2026-02-20T13:00:00Z", "hubspot", "vendor_error", "rate_limited"),
                failure("3", "2026-02-20T14:00:00Z", "hubspot", "exception", "timeout"));

        dashboard("2026-02-20", "2026-02-20")
                .body("summary[0].current_failures", equalTo(3))
                .body("summary[0].current_success_rate_pct", equalTo(0f))
                .body("by_integration[0].vendor_errors", equalTo(2))
                .body("by_integration[0].exceptions", equalTo(1))
                .body("error_breakdown.error_category", contains("rate_limited", "timeout"))
                .body("error_breakdown.share_pct", contains(66.67f, 33.33f));
    }

    @Test
    void dashboardOfATenantWithoutRecentData() {
        Deliveries.deliver(
                caller,
                success("1", "2026-02-19T00:00:00Z", "hubspot", 100),
                failure("2", "2026-02-19T23:59:59.999Z", "hubspot", "exception", "timeout"));

        dashboard("2026-02-20", "2026-02-20")
                .body("summary[0].current_invocations", equalTo(0))
                .body("summary[0].previous_invocations", equalTo(2))
                .body("summary[0].pct_change_invocations", equalTo(-100f))
                .body("summary[0].pct_change_failures", equalTo(-100f))
                .body("summary[0].current_success_rate_pct", nullValue())
                .body("summary[0].previous_success_rate_pct", equalTo(50f))
                .body("summary[0].pct_change_success_rate_pct", nullValue())
                .body("summary[0].pct_change_avg_latency_ms", nullValue())
                .body("summary[0].pct_change_p95_latency_ms", nullValue())
                .body("usage.invocations.sum()", equalTo(0));
    }

    @Test
    void redeliveredInvocationIsCountedOnce() {
        Invocation first = success("1", "2026-02-20T13:00:00Z", "salesforce", 250);
        Deliveries.deliver(caller, first, first, success("2", "2026-02-20T13:00:00Z", "salesforce", 50));
        Deliveries.deliver(caller, first);

        dashboard("2026-02-20", "2026-02-20").body("usage[13].invocations", equalTo(2));
    }

    private ValidatableResponse dashboard(String start, String end) {
        ValidatableResponse response = caller.withApiKey()
                .queryParam("start_date", start)
                .queryParam("end_date", end)
                .get(DASHBOARD)
                .then()
                .statusCode(200)
                .contentType("application/json");
        CONTRACT.check(
                "src__analytics__integrations__schemas__DashboardEnvelope",
                response.extract().body().asString());
        return response;
    }
}
