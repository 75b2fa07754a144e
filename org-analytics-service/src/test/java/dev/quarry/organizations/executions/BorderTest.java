package dev.quarry.organizations.executions;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.quarry.organizations.TestOrganization;
import dev.quarry.rollup.RollupJob;
import dev.quarry.schema.Retention;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import dev.quarry.testing.TestRetention;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Executions come every six hours; the last five days, today included, are kept: from 2026-02-16 on, UTC. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class BorderTest {
    private static final String ANALYTICS = "/workspaces/main/analytics";
    private static final String EXECUTIONS = ANALYTICS + "/executions";
    private static final Instant FIRST = Instant.parse("2026-02-10T03:00:00Z");

    @Inject
    TestClock clock;

    @Inject
    RollupJob job;

    private TestOrganization organization;

    @BeforeEach
    void executionsOfElevenDays() {
        clock.setTo(Instant.parse("2026-02-20T23:00:00Z"));
        organization = TestOrganization.create();
        organization.addWorkspace("main");
        Execution.deliver(
                organization.id(),
                IntStream.range(0, 44)
                        .mapToObj(number -> Execution.at(
                                "main", FIRST.plusSeconds(number * 21_600L).toString(), true))
                        .toList());
        job.run();
        TestRetention.set(new Retention(5, 30, 90));
    }

    @AfterEach
    void keepEverything() {
        TestRetention.reset();
        clock.reset();
    }

    @Test
    void totalsCountOnlyRetainedExecutions() {
        organization.read(EXECUTIONS).header("X-Data-Since", "2026-02-16").body("total", equalTo(20));
        organization.read(ANALYTICS).header("X-Data-Since", "2026-02-16").body("executions.total", equalTo(20));
        organization.read("/analytics").header("X-Data-Since", "2026-02-16").body("executions.total", equalTo(20));
        organization.read(EXECUTIONS + "?days=9").body("total", equalTo(20));
        // The first whole day of Kathmandu begins at 18:15 of the 16th.
        organization
                .read(EXECUTIONS + "?tz=Asia/Kathmandu")
                .header("X-Data-Since", "2026-02-17")
                .body("total", equalTo(17));
    }

    @Test
    void daysBeforeTheRetentionLimitAreEmpty() {
        organization
                .read(EXECUTIONS + "/daily?days=7")
                .header("X-Data-Since", "2026-02-16")
                .body("data.value", equalTo(List.of(0, 0, 4, 4, 4, 4, 4)));
        // The 21st has begun in Kathmandu, and its 16th began before the border.
        organization
                .read(EXECUTIONS + "/daily?days=7&tz=Asia/Kathmandu")
                .header("X-Data-Since", "2026-02-17")
                .body("data.value", equalTo(List.of(0, 0, 4, 4, 4, 4, 1)));
        organization
                .read(EXECUTIONS + "/hourly?hours=168")
                .header("X-Data-Since", "2026-02-16")
                .body("data.value.sum()", equalTo(20));
    }

    @Test
    void partlyExpiredPreviousPeriodIsNotCompared() {
        organization.read(EXECUTIONS + "?days=2&include=previous").body("previous.total", equalTo(8));
        organization
                .read(EXECUTIONS + "?days=3&include=previous")
                .body("total", equalTo(12))
                .body("$", not(hasKey("previous")));
    }

    @Test
    void expiredDaysHaveNoValueToCompareWith() {
        organization
                .read(EXECUTIONS + "/daily?days=3&compare=previous")
                .header("X-Data-Since", "2026-02-16")
                .body("data.value", equalTo(List.of(4, 4, 4)))
                .body("comparison.timestamp[0]", equalTo("2026-02-15T00:00:00Z"))
                .body("comparison.value", equalTo(Arrays.asList(null, 4, 4)))
                .body("comparison.change", equalTo(Arrays.asList(null, 0.0f, 0.0f)));
        organization
                .read(EXECUTIONS + "/hourly?hours=2&compare=year")
                .body("comparison.timestamp", equalTo(List.of("2025-02-20T22:00:00Z", "2025-02-20T23:00:00Z")))
                .body("comparison.value", equalTo(Arrays.asList(null, null)));
    }

    @Test
    void onlyAnswersThatDependOnTheRetentionHaveTheDataSinceHeader() {
        organization.read(ANALYTICS + "/resources").header("X-Data-Since", nullValue());
    }
}
