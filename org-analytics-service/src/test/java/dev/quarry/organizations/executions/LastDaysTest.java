package dev.quarry.organizations.executions;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;

import dev.quarry.organizations.TestOrganization;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Executions by the system's clock, from outside. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class LastDaysTest {
    private static final String EXECUTIONS = "/workspaces/main/analytics/executions";

    private TestOrganization organization;

    @BeforeEach
    void anOrganisationWithExecutions() {
        organization = TestOrganization.create();
        organization.addWorkspace("main");
        Execution.deliver(
                organization.id(),
                List.of(
                        ago(Duration.ofMinutes(1), true),
                        ago(Duration.ofDays(2), true),
                        ago(Duration.ofDays(3), false)));
        Rollups.run();
    }

    @Test
    void lastDaysAreCountedOnEveryRoute() {
        organization
                .read(EXECUTIONS)
                .statusCode(200)
                .body("total", equalTo(3))
                .body("success", equalTo(2))
                .body("success_rate", equalTo(66.67f));
        organization
                .read(EXECUTIONS + "/hourly?hours=24")
                .statusCode(200)
                .body("data", hasSize(24))
                .body("data.value.sum()", equalTo(1));
        organization
                .read(EXECUTIONS + "/daily?days=30&tz=Asia/Kathmandu")
                .statusCode(200)
                .body("data", hasSize(30))
                .body("data.value.sum()", equalTo(3));
        organization.read("/analytics").statusCode(200);
    }

    @Test
    void answersHaveTheFreshnessHeader() {
        Awaitility.await().untilAsserted(() -> organization.read(EXECUTIONS).header("X-Data-As-Of", notNullValue()));
    }

    private static Execution ago(Duration past, boolean succeeded) {
        return new Execution(UUID.randomUUID(), "main", Instant.now().minus(past), succeeded);
    }
}
