package dev.quarry.organizations.organization;

import static org.hamcrest.Matchers.equalTo;

import dev.quarry.organizations.TestOrganization;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Executions of more workspaces than an answer of ClickHouse may have rows. Most of the ids belong to no workspace. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ManyWorkspacesTest {
    private static final int WORKSPACES = 1_500;
    private static final int EXECUTIONS_OF_WORKSPACES = 4_000;
    private static final int OTHER_EXECUTIONS = 100_001;

    @Inject
    TestClock clock;

    @Inject
    RollupJob job;

    private TestOrganization organization;

    /** The times are far ahead of PostgreSQL's clock, so that an execution is the newest change. */
    @BeforeEach
    void create() {
        clock.setTo(Instant.parse("2098-05-05T12:00:00Z"));
        organization = TestOrganization.create();
        TestOrganization.execute(
                "INSERT INTO workspaces SELECT ?, 'w' || w, 'Test' FROM generate_series(0, ?::int - 1) AS w",
                organization.id(),
                WORKSPACES);
        Stores.execute("""
                INSERT INTO executions (organization_id, workspace_id, time, event_id, status, duration_ms)
                SELECT '%s', if(number < %d, 'w' || number %% %d, 'none' || number),
                    toDateTime64('2098-05-05 11:00:00', 3, 'UTC') + toIntervalMillisecond(number), generateUUIDv4(),
                    if(number %% 7 = 0, 'failed', 'success'), 12
                FROM numbers(%d)
                """.formatted(
                organization.id(), EXECUTIONS_OF_WORKSPACES, WORKSPACES, EXECUTIONS_OF_WORKSPACES + OTHER_EXECUTIONS));
        job.run();
    }

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    @Test
    void onlyExecutionsOfTheOrganisationsWorkspacesCount() {
        int failed = (int) IntStream.range(0, EXECUTIONS_OF_WORKSPACES)
                .filter(number -> number % 7 == 0)
                .count();
        organization
                .read("/analytics")
                .statusCode(200)
                .body("workspaces", equalTo(WORKSPACES))
                .body("executions.total", equalTo(EXECUTIONS_OF_WORKSPACES))
                .body("executions.failed", equalTo(failed))
                .body("updated_at", equalTo("2098-05-05T11:00:03.999Z"));
        organization
                .read("/analytics?workspace_id=w7")
                .statusCode(200)
                .body("workspaces", equalTo(1))
                .body("executions.total", equalTo(3));
    }
}
