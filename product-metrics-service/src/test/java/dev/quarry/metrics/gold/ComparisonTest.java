package dev.quarry.metrics.gold;

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
        organization = TestCaller.create(Permissions.METRICS_READ).organization();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            rows.add(Map.of(
                    "organization_id",
                    organization,
                    "event_id",
                    UUID.randomUUID().toString(),
                    "time",
                    sql(moment()),
                    "user_id",
                    random.nextInt(5) == 0 ? "" : "user_" + random.nextInt(20),
                    "kind",
                    random.nextBoolean() ? "tool_call" : "feature_use"));
        }
        Stores.insert("events", rows);
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
        mends("ALTER TABLE activity_days UPDATE tool_calls = tool_calls + 1 WHERE ORG AND day = '2026-03-02'");
        mends("ALTER TABLE activity_days DELETE WHERE ORG AND day = '2026-03-01'");
    }

    @Test
    void mendsWhatWasDeletedFromBronze() {
        mends("ALTER TABLE events DELETE WHERE ORG AND user_id = 'user_1'");
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
