package dev.quarry.apps.gold;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.ComparisonTests;
import dev.quarry.testing.Stores;
import dev.quarry.testing.Verified;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class ComparisonTest extends ComparisonTests {
    ComparisonTest() {
        super(Permissions.APPS_READ);
    }

    @Override
    protected void insertThreeDays() {
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
        List<Map<String, Object>> logs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Map<String, Object> entry = row(random.nextInt(2));
            entry.put("level", List.of("info", "warn", "error").get(random.nextInt(3)));
            entry.put("message", "message " + i);
            logs.add(entry);
        }
        Stores.insert("canvas_app_logs", logs);
        // Corrections: the copies of these problems stay, and no answer shows them.
        logs.subList(0, 20).forEach(entry -> entry.put("level", "info"));
        Stores.insert("canvas_app_logs", logs.subList(0, 20));
        // A batch that corrects its own entry: the copies of both have the same time of delivery.
        Map<String, Object> wrong = row(0);
        wrong.put("level", "error");
        Map<String, Object> corrected = new HashMap<>(wrong);
        corrected.put("level", "warn");
        Stores.insert("canvas_app_logs", List.of(wrong, corrected));
    }

    @Test
    void auditorRepairsAlteredGold() {
        assertMends("ALTER TABLE app_counts UPDATE errors = errors + 1"
                + " WHERE ORG AND granularity = 'quarter' AND bucket < '2026-03-01 12:00:00'");
        assertMends("ALTER TABLE app_counts UPDATE error_times = arrayMap(millis -> millis + 1, error_times)"
                + " WHERE ORG AND bucket < '2026-03-01 12:00:00'");
        assertMends("ALTER TABLE app_counts UPDATE pageviews = other_events, other_events = pageviews"
                + " WHERE ORG AND granularity = 'five_minutes'");
        assertMends(
                "ALTER TABLE app_counts DELETE WHERE ORG AND granularity = 'five_minutes' AND toDate(bucket) = '2026-03-02'");
        assertMends(
                "ALTER TABLE app_counts DELETE WHERE ORG AND granularity = 'quarter' AND toDate(bucket) = '2026-03-02'");
        assertMends(
                "ALTER TABLE app_vital_histograms DELETE WHERE ORG AND granularity = 'day' AND bucket = '2026-03-02 00:00:00'");
        assertMends("ALTER TABLE app_vital_histograms UPDATE samples = arrayMap(number -> number + 1, samples)"
                + " WHERE ORG AND granularity = 'hour'");
        assertMends(
                "ALTER TABLE app_vital_histograms UPDATE times = arrayMap(moments -> arrayMap(millis -> millis + 1, moments), times)"
                        + " WHERE ORG AND granularity = 'five_minutes'");
        assertMends("ALTER TABLE app_vital_bins DELETE WHERE ORG AND day = '2026-03-02' AND metric_name = 'LCP'");
        assertMends("ALTER TABLE app_vital_bins UPDATE values = arrayMap(value -> value + 1, values)"
                + " WHERE ORG AND day = '2026-03-03'");
        assertMends("ALTER TABLE app_vital_bins UPDATE times = arrayMap(millis -> millis + 1, times)"
                + " WHERE ORG AND day = '2026-03-01'");
    }

    /** A rebuild that was interrupted between its statements may leave such a row. No answer reads it. */
    @Test
    void ignoresABinOfAnOutdatedVersion() {
        Stores.execute("""
                INSERT INTO app_vital_bins (organization_id, app_id, metric_name, bin, day, version, values, times)
                SELECT '%s', 'app_0', 'LCP', 1, '2026-03-02', 1, [1], [1]
                """.formatted(organization));

        assertEquals(0, Verified.of(organization).mended());
    }

    @Test
    void mendsTheCopyOfProblems() {
        assertMends("ALTER TABLE canvas_app_problems UPDATE message = 'altered' WHERE ORG AND severity = 'error'");
        assertMends("ALTER TABLE canvas_app_problems DELETE WHERE ORG AND severity = 'warn'");
    }

    @Test
    void auditorRepairsGoldAfterADeletionFromBronze() {
        assertMends("ALTER TABLE canvas_errors DELETE WHERE ORG");
        assertMends("ALTER TABLE canvas_vitals DELETE WHERE ORG AND metric_name = 'LCP'");
        assertMends("ALTER TABLE canvas_app_events DELETE WHERE ORG AND toDate(timestamp) = '2026-03-02'");
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
                moment()));
    }
}
