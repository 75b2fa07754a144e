package dev.quarry.metrics.gold;

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
        super(Permissions.METRICS_READ);
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
                    "user_id",
                    random.nextInt(5) == 0 ? "" : "user_" + random.nextInt(20),
                    "kind",
                    random.nextBoolean() ? "tool_call" : "feature_use"));
        }
        Stores.insert("events", rows);
    }

    @Test
    void auditorRepairsAlteredGold() {
        assertMends("ALTER TABLE activity_days UPDATE tool_calls = tool_calls + 1 WHERE ORG AND day = '2026-03-02'");
        assertMends("ALTER TABLE activity_days DELETE WHERE ORG AND day = '2026-03-01'");
    }

    @Test
    void auditorRepairsGoldAfterADeletionFromBronze() {
        assertMends("ALTER TABLE events DELETE WHERE ORG AND user_id = 'user_1'");
    }
}
