package dev.quarry.integrations;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.ComparisonTests;
import dev.quarry.testing.Stores;
import dev.quarry.testing.Verified;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class ComparisonTest extends ComparisonTests {
    ComparisonTest() {
        super(Permissions.INTEGRATIONS_READ);
    }

    @Override
    protected void insertThreeDays() {
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rows.add(Map.of(
                    "organization_id",
                    organization,
                    "event_id",
                    UUID.randomUUID().toString(),
                    "time",
                    moment(),
                    "integration_key",
                    "crm_" + random.nextInt(3),
                    "mode",
                    random.nextBoolean() ? "api" : "browser",
                    "outcome",
                    List.of("success", "vendor_error", "exception").get(random.nextInt(3)),
                    "error_category",
                    "category_" + random.nextInt(4),
                    "latency_ms",
                    random.nextInt(1_000) + 0.5));
        }
        Stores.insert("invocations", rows);
    }

    @Test
    void auditorRepairsAlteredGold() {
        assertMends(
                "ALTER TABLE invocation_rollups UPDATE successful = successful + 1 WHERE ORG AND level = 'day' AND dimensions = 1");
        assertMends(
                "ALTER TABLE invocation_rollups UPDATE latency_sum = 1 WHERE ORG AND level = 'hour' AND dimensions = 3");
        assertMends("ALTER TABLE invocation_rollups DELETE WHERE ORG AND level = 'hour' AND dimensions = 0");
        assertMends("ALTER TABLE invocation_rollups UPDATE exceptions = exceptions + 1 WHERE ORG AND dimensions = 4");
        assertMends(
                "ALTER TABLE invocation_rollups UPDATE vendor_errors = vendor_errors + 1 WHERE ORG AND dimensions = 7");
        assertMends("ALTER TABLE invocation_rollups DELETE WHERE ORG AND error_category = 'category_1'");
        assertMends("ALTER TABLE invocation_rollups DELETE WHERE ORG");
    }

    @Test
    @Tag("every-column")
    void mendsEachColumn() {
        for (String change : List.of(
                "latency_max = latency_max + 1",
                "p50 = p50 + 1",
                "p90 = p90 + 1",
                "p95 = p95 + 1",
                "p99 = p99 + 1",
                "latencies = arrayMap(latency -> toUInt32(latency + 1), latencies)",
                "latency_counts = arrayReverse(latency_counts)")) {
            alter("ALTER TABLE invocation_rollups UPDATE " + change + " WHERE ORG AND toDate(bucket) != '2026-03-01'");
            assertTrue(Verified.of(organization).mended() >= 1, change);
        }
    }

    @Test
    void auditorRepairsGoldAfterADeletionFromBronze() {
        assertMends("ALTER TABLE invocations DELETE WHERE ORG AND integration_key = 'crm_1'");
        assertMends("ALTER TABLE invocations DELETE WHERE ORG AND toDate(time) = '2026-03-02'");
    }
}
