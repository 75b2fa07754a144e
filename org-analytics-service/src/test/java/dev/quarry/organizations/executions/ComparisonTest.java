package dev.quarry.organizations.executions;

import dev.quarry.caller.Permissions;
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
        super(Permissions.ANALYTICS_READ);
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
                    "workspace_id",
                    "ws_" + random.nextInt(3),
                    "status",
                    random.nextInt(3) == 0 ? "failed" : "success",
                    "duration_ms",
                    5));
        }
        Stores.insert("executions", rows);
    }

    @Test
    void auditorRepairsAlteredGold() {
        assertMends("ALTER TABLE execution_counts UPDATE success = success + 1 WHERE ORG AND workspace_id = 'ws_1'");
        assertMends("ALTER TABLE execution_counts UPDATE newest = newest + 1 WHERE ORG AND workspace_id = 'ws_1'");
        assertMends("ALTER TABLE execution_counts UPDATE newest = newest - 1 WHERE ORG AND workspace_id = 'ws_2'");
        assertMends("ALTER TABLE execution_counts DELETE WHERE ORG AND quarter < '2026-03-02 00:00:00'");
    }

    @Test
    void auditorRepairsGoldAfterADeletionFromBronze() {
        assertMends("ALTER TABLE executions DELETE WHERE ORG AND workspace_id = 'ws_1'");
        assertMends("ALTER TABLE executions DELETE WHERE ORG AND toDate(time) = '2026-03-02'");
    }
}
