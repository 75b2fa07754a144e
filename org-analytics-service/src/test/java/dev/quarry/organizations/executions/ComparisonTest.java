package dev.quarry.organizations.executions;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.auth.Permissions;
import dev.quarry.testing.Refining;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.Verified;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The sums of gold and bronze agree, unless somebody altered a row. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ComparisonTest {
    private final Random random = new Random(7);
    private String organization;

    @BeforeEach
    void threeDays() {
        organization = TestCaller.create(Permissions.ANALYTICS_READ).organization();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rows.add(Map.of(
                    "organization_id",
                    organization,
                    "event_id",
                    UUID.randomUUID().toString(),
                    "time",
                    sql(moment()),
                    "workspace_id",
                    "ws_" + random.nextInt(3),
                    "status",
                    random.nextInt(3) == 0 ? "failed" : "success",
                    "duration_ms",
                    5));
        }
        Stores.insert("executions", rows);
        Refining.run();
    }

    @Test
    void agreesOnceItIsRefined() {
        Verified verified = Verified.of(organization);

        assertEquals(new Verified(verified.compared(), 0, List.of(), List.of()), verified);
        assertTrue(verified.compared() >= 3);
    }

    @Test
    void mendsGoldThatWasAltered() {
        mends("ALTER TABLE execution_counts UPDATE success = success + 1 WHERE ORG AND workspace_id = 'ws_1'");
        mends("ALTER TABLE execution_counts UPDATE newest = newest + 1 WHERE ORG AND workspace_id = 'ws_1'");
        mends("ALTER TABLE execution_counts DELETE WHERE ORG AND quarter < '2026-03-02 00:00:00'");
    }

    @Test
    void mendsWhatWasDeletedFromBronze() {
        mends("ALTER TABLE executions DELETE WHERE ORG AND workspace_id = 'ws_1'");
        mends("ALTER TABLE executions DELETE WHERE ORG AND toDate(time) = '2026-03-02'");
    }

    private void mends(String sql) {
        Stores.execute(sql.replace("ORG", "organization_id = '" + organization + "'") + " SETTINGS mutations_sync = 1");

        Verified verified = Verified.of(organization);

        assertTrue(verified.mended() >= 1, sql);
        assertEquals(List.of(), verified.remaining());
        assertEquals(List.of(), verified.unsettled());
        assertEquals(0, Verified.of(organization).mended());
    }

    private Instant moment() {
        return Instant.parse("2026-03-01T00:00:00Z").plusMillis(random.nextLong(3L * 86_400_000));
    }

    private static String sql(Instant moment) {
        return moment.toString().replace('T', ' ').replace("Z", "");
    }
}
