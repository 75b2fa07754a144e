package dev.quarry.integrations;

import dev.quarry.auth.Permissions;
import dev.quarry.testing.ComparisonTests;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
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
    }

    @Test
    void auditorRepairsGoldAfterADeletionFromBronze() {
        assertMends("ALTER TABLE invocations DELETE WHERE ORG AND integration_key = 'crm_1'");
        assertMends("ALTER TABLE invocations DELETE WHERE ORG AND toDate(time) = '2026-03-02'");
    }
}
