package dev.quarry.apps.refining;

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
import java.util.HashMap;
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
        organization = TestCaller.create(Permissions.APPS_READ).organization();
        List<Map<String, Object>> errors = new ArrayList<>();
        List<Map<String, Object>> events = new ArrayList<>();
        List<Map<String, Object>> vitals = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            List.of(errors, events, vitals).get(random.nextInt(3)).add(row(random.nextInt(2)));
        }
        vitals.forEach(row -> {
            row.put("metric_name", random.nextBoolean() ? "LCP" : "CLS");
            row.put("value", random.nextInt(4) == 0 ? 0 : random.nextDouble() * 3_000);
        });
        events.forEach(row -> row.put("event_type", random.nextBoolean() ? "pageview" : "click"));
        Stores.insert("canvas_errors", errors);
        Stores.insert("canvas_app_events", events);
        Stores.insert("canvas_vitals", vitals);
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
        mends("ALTER TABLE app_rollups UPDATE `counts.number` = arrayMap(n -> n + 1, counts.number)"
                + " WHERE ORG AND granularity = 'hour' AND bucket < '2026-03-01 12:00:00'");
        mends("ALTER TABLE app_rollups DELETE WHERE ORG AND granularity = 'day' AND bucket = '2026-03-02 00:00:00'");
        mends("ALTER TABLE app_vital_bins DELETE WHERE ORG AND day = '2026-03-02' AND metric_name = 'LCP'");
        mends("ALTER TABLE app_vital_bins UPDATE `samples.value` = arrayMap(v -> v + 1, samples.value)"
                + " WHERE ORG AND day = '2026-03-03'");
    }

    @Test
    void mendsWhatWasDeletedFromBronze() {
        mends("ALTER TABLE canvas_errors DELETE WHERE ORG");
        mends("ALTER TABLE canvas_vitals DELETE WHERE ORG AND metric_name = 'LCP'");
        mends("ALTER TABLE canvas_app_events DELETE WHERE ORG AND toDate(timestamp) = '2026-03-02'");
    }

    private Map<String, Object> row(int app) {
        return new HashMap<>(Map.of(
                "organization_id",
                organization,
                "app_id",
                "app_" + app,
                "event_id",
                UUID.randomUUID().toString(),
                "timestamp",
                sql(moment())));
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
