package dev.quarry.apps.analytics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.quarry.apps.TestApp;
import dev.quarry.apps.analytics.Overview.Event;
import dev.quarry.apps.analytics.Overview.Kind;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Overviews after a rebuild that wrote the samples of web vitals but not their histograms, and after a merge that removed
 * the samples that the histograms count.
 */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class InterruptedRebuildTest extends OverviewFixture {
    private static final String OMITTED = "X-Groups-Omitted";

    private final Random random = new Random(20_260_407);

    @ParameterizedTest
    @ValueSource(ints = {3, 72, 720})
    void vitalsEqualARecomputation(int hours) {
        List<Event> delivered = Events.random(random, NOW, 1_500);
        Events.send(app, delivered);
        // Corrections: the newest delivery has the value that counts.
        List<Event> corrections = delivered.subList(0, 300).stream()
                .filter(event -> event.kind() == Kind.VITAL)
                .map(old -> new Event(old.kind(), old.id(), old.timestamp(), old.name(), old.value() + 1))
                .toList();
        Events.send(app, corrections);
        for (TestApp other : List.of(TestApp.create(app.caller(), "other"), TestApp.create())) {
            other.send("canvas_vitals", NOW.minusSeconds(60), Map.of("metric_name", "LCP", "value", 1));
        }
        Rollups.run();
        interruptARebuild();
        List<Event> all = new ArrayList<>(delivered);
        all.addAll(corrections);
        Map<String, List<Number>> expected =
                Overview.of(all, NOW, hours, ZoneId.of("UTC")).vitals();

        Response whole = ask("hours=" + hours);
        assertEquals(expected, vitals(whole));
        assertNull(whole.header(OMITTED));
        Response largest = ask("limit=2&hours=" + hours);
        assertEquals(Overview.largest(2, expected), vitals(largest));
        assertEquals(Integer.toString(expected.size() - 2), largest.header(OMITTED));
    }

    /** All samples of the window are read by one statement, so its count and percentiles fit. */
    @Test
    void samplesThatGoldDoesNotHaveYetCountEverywhere() {
        List<Event> delivered = new ArrayList<>(List.of(vital(1_000), vital(2_000), vital(3_000)));
        Events.send(app, delivered);
        Rollups.run();
        interruptARebuild();
        List<Event> newer = List.of(vital(4_000), vital(5_000));
        Events.send(app, newer);
        delivered.addAll(newer);

        assertEquals(Overview.percentiles(delivered), vitals(ask("hours=3")));
    }

    private Event vital(double value) {
        return new Event(Kind.VITAL, Events.id(random), NOW.minusSeconds(60), "LCP", value);
    }

    /** Leaves no sample of the version that the histograms count. */
    private void interruptARebuild() {
        String ours = "organization_id = '" + app.caller().organization() + "'";
        String next = Stores.execute("SELECT max(version) + 1 FROM app_vital_histograms WHERE " + ours)
                .strip();
        Stores.execute("""
                INSERT INTO app_vital_bins (organization_id, app_id, metric_name, bin, day, version, values, times)
                SELECT organization_id, app_id, metric_name, bin, day, %s, values, times
                FROM app_vital_bins
                WHERE %s
                """.formatted(next, ours));
        Stores.execute("OPTIMIZE TABLE app_vital_bins FINAL");
        assertEquals(
                "0\n",
                Stores.execute("SELECT count() FROM app_vital_bins WHERE %s AND version != %s".formatted(ours, next)));
    }

    private static Map<String, List<Number>> vitals(Response answer) {
        return Overview.vitals(answer.jsonPath(DOUBLES).getList("vitals"));
    }

    private Response ask(String query) {
        Response answer = app.request().get("/v1/apps/{app}/analytics?" + query);
        assertEquals(200, answer.statusCode(), answer.asString());
        return answer;
    }
}
