package dev.quarry.integrations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.rollup.RollupJob;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A day whose groups need more memory than a rebuild may take is rebuilt all the same. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@TestProfile(LargeDayTest.LittleMemory.class)
class LargeDayTest {
    private static final int INTEGRATIONS = 10_000;

    /** In production, 4 GB and 120,000 integrations with as many error categories. */
    public static final class LittleMemory implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarry.rollup.memory", "350000000");
        }
    }

    @Inject
    RollupJob job;

    @Test
    void manyIntegrationsInEveryHourOfADay() {
        String organization = TestCaller.create(Permissions.INTEGRATIONS_READ).organization();
        Stores.execute("""
                INSERT INTO invocations
                    (organization_id, time, event_id, integration_key, mode, outcome, error_category, latency_ms)
                SELECT
                    '%s',
                    toDateTime64('2026-03-01 00:00:00', 3, 'UTC') + toIntervalHour(number %% 24),
                    generateUUIDv4(),
                    concat('integration_', toString(intDiv(number, 24))),
                    'api',
                    ['success', 'vendor_error', 'exception'][number %% 3 + 1],
                    concat('category_', toString(intDiv(number, 24))),
                    number %% 977
                FROM numbers(%d)
                """.formatted(organization, INTEGRATIONS * 24));

        assertTrue(job.run());

        assertEquals("""
                day\t0\t1\t80000\t80000\t80000
                day\t1\t10000\t80000\t80000\t80000
                day\t2\t1\t80000\t80000\t80000
                day\t3\t10000\t80000\t80000\t80000
                day\t4\t10000\t0\t80000\t80000
                day\t5\t10000\t0\t80000\t80000
                day\t6\t10000\t0\t80000\t80000
                day\t7\t10000\t0\t80000\t80000
                hour\t0\t24\t80000\t80000\t80000
                hour\t1\t240000\t80000\t80000\t80000
                hour\t2\t24\t80000\t80000\t80000
                hour\t3\t240000\t80000\t80000\t80000
                """, Stores.execute("""
                        SELECT level, dimensions, count(), sum(successful), sum(vendor_errors), sum(exceptions)
                        FROM invocation_rollups FINAL
                        WHERE organization_id = '%s'
                        GROUP BY level, dimensions
                        ORDER BY level, dimensions
                        """.formatted(organization)));
    }
}
