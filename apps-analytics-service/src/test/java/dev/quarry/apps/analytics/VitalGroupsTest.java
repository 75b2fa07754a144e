package dev.quarry.apps.analytics;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.quarry.apps.TestApp;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An overview shows the web vitals with the most samples, and a header counts those that are left out. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class VitalGroupsTest {
    private static final Instant NOW = Instant.parse("2026-04-07T13:37:42.123Z");
    private static final String OMITTED = "X-Groups-Omitted";
    private static final int MANY = 120_000;

    /** A part of a day, and whole days. */
    private static final List<Integer> HOURS = List.of(3, 72);

    @Inject
    TestClock clock;

    private TestApp app;

    @BeforeEach
    void anApp() {
        clock.setTo(NOW);
        app = TestApp.create();
    }

    @AfterEach
    void clockRuns() {
        clock.reset();
    }

    @Test
    void showsTheVitalsWithTheMostSamples() {
        Random random = new Random(7);
        Map<String, List<Double>> samples = new TreeMap<>();
        List<Map<String, Object>> rows = new ArrayList<>();
        for (int i = 0; i < 400; i++) {
            String metric = "metric " + random.nextInt(120);
            double value = random.nextInt(4_000) / 4.0;
            samples.computeIfAbsent(metric, _ -> new ArrayList<>()).add(value);
            rows.add(app.row(NOW.minusSeconds(4_000 + i), Map.of("metric_name", metric, "value", value)));
        }
        app.send("canvas_vitals", rows);
        Rollups.run();
        for (int hours : HOURS) {
            for (int limit : List.of(1, 2, 3 + random.nextInt(50), 1_000)) {
                Response answer = ask("hours=%d&limit=%d".formatted(hours, limit));
                assertEquals(
                        samples.keySet().stream()
                                .sorted(Comparator.<String>comparingInt(
                                                key -> -samples.get(key).size())
                                        .thenComparing(key -> key))
                                .limit(limit)
                                .sorted()
                                .map(key -> key + " " + samples.get(key).size() + " " + median(samples.get(key)))
                                .toList(),
                        answer.jsonPath().<Map<String, Object>>getList("vitals").stream()
                                .map(vital -> vital.get("metric_name") + " " + vital.get("sample_count") + " "
                                        + Double.parseDouble(String.valueOf(vital.get("p50"))))
                                .toList());
                int omitted = samples.size() - limit;
                assertEquals(omitted <= 0 ? null : Integer.toString(omitted), answer.header(OMITTED));
            }
        }
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get((values.size() + 1) / 2 - 1);
    }

    @Test
    void listsAThousandOf120000VitalsByDefault() {
        Stores.execute("""
                INSERT INTO canvas_vitals (organization_id, app_id, timestamp, event_id, metric_name, value)
                SELECT '%s', '%s', toDateTime64('2026-04-07 12:00:00', 3, 'UTC') + number %% 1800, generateUUIDv4(),
                    'metric ' || number %% %d, number %% 900
                FROM numbers(%d)
                """.formatted(app.caller().organization(), app.id(), MANY, MANY + 500));
        List<String> largest = Stream.concat(
                        IntStream.range(0, 500).mapToObj(number -> "metric " + number),
                        IntStream.range(500, MANY)
                                .mapToObj(number -> "metric " + number)
                                .sorted()
                                .limit(500))
                .sorted()
                .toList();
        Rollups.run();
        for (int hours : HOURS) {
            Response answer = ask("hours=" + hours);
            assertEquals(largest, answer.jsonPath().getList("vitals.metric_name"), hours + " hours");
            assertEquals(Integer.toString(MANY - 1_000), answer.header(OMITTED));
        }
    }

    @Test
    void vitalsOfAnotherAppAreNotCounted() {
        TestApp other = TestApp.create(app.caller(), "other");
        TestApp foreign = TestApp.create();
        for (TestApp theirs : List.of(other, foreign)) {
            theirs.send("canvas_vitals", NOW.minusSeconds(4_000), Map.of("metric_name", "theirs", "value", 1));
        }
        app.send("canvas_vitals", NOW.minusSeconds(4_000), Map.of("metric_name", "ours", "value", 1));
        Rollups.run();
        for (int hours : HOURS) {
            Response answer = ask("hours=" + hours + "&limit=1");
            assertNull(answer.header(OMITTED));
            assertEquals(List.of("ours"), answer.jsonPath().getList("vitals.metric_name"));
        }
    }

    @ParameterizedTest
    @CsvSource({"0, greater_than_equal", "1001, less_than_equal", "abc, int_parsing"})
    void refusesAnInvalidLimit(String limit, String type) {
        app.request()
                .get("/v1/apps/{app}/analytics?limit=" + limit)
                .then()
                .statusCode(422)
                .body("detail.loc", contains(List.of("query", "limit")))
                .body("detail[0].type", equalTo(type));
    }

    @Test
    void documentDescribesTheLimitAndTheHeader() {
        String operation = "paths.'/v1/apps/{app_id}/analytics'.get.";
        RestAssured.given()
                .get("/q/openapi?format=json")
                .then()
                .body(operation + "parameters.find { it.name == 'limit' }.schema.default", equalTo(1_000))
                .body(operation + "responses.'200'.headers.'X-Groups-Omitted'.schema.type", equalTo("integer"));
    }

    private Response ask(String query) {
        Response answer = app.request().get("/v1/apps/{app}/analytics?" + query);
        assertEquals(200, answer.statusCode(), answer.asString());
        return answer;
    }
}
