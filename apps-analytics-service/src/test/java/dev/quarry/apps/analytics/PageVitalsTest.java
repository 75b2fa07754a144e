package dev.quarry.apps.analytics;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.quarry.apps.TestApp;
import dev.quarry.apps.analytics.Overview.Event;
import dev.quarry.apps.analytics.Overview.Kind;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Web vitals of the pages with the most samples, and of the rest. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class PageVitalsTest extends OverviewFixture {
    private static final String OMITTED = "X-Groups-Omitted";
    private static final List<String> METRICS = List.of("LCP", "INP", "CLS", "FCP");
    /** The order of their UTF-8 bytes is not that of their UTF-16 units. */
    private static final List<String> PAGES = Arrays.asList(
            null,
            "",
            "/",
            "/a",
            "/b",
            "/B",
            "/ä",
            "/\uffee",
            "/\ud83d\ude80",
            "' OR 1 = 1 --",
            "/c?x=1&y=\\",
            "\t\"\0");

    /** @param url null for none */
    private record Sample(String id, Instant timestamp, String metric, double value, String url) {}

    /** @param vitals percentiles and number of samples by metric */
    private record Page(String key, long samples, Map<String, List<Number>> vitals) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void pagesEqualARecomputation(long seed) {
        Random random = new Random(seed);
        List<Sample> delivered = new ArrayList<>();
        for (int i = 0; i < 600; i++) {
            delivered.add(sample(random, UUID.randomUUID().toString()));
        }
        send(delivered);
        // Corrections: the newest delivery has the page and the value that count.
        List<Sample> corrections = delivered.subList(0, 150).stream()
                .map(old -> {
                    Sample other = sample(random, old.id());
                    return new Sample(old.id(), old.timestamp(), other.metric(), other.value(), other.url());
                })
                .toList();
        send(corrections);
        Rollups.run();
        Map<String, Sample> newest = new HashMap<>();
        delivered.forEach(sample -> newest.put(sample.id(), sample));
        corrections.forEach(sample -> newest.put(sample.id(), sample));

        for (int hours : List.of(1, 3, 72, 720)) {
            List<Sample> inside = newest.values().stream()
                    .filter(sample -> !sample.timestamp().isBefore(NOW.minus(Duration.ofHours(hours)))
                            && sample.timestamp().isBefore(NOW))
                    .toList();
            for (int groups : List.of(1, 2 + random.nextInt(6), 50)) {
                assertPages(inside, hours, groups, 1 + random.nextInt(METRICS.size()));
            }
        }
    }

    private Sample sample(Random random, String id) {
        Instant timestamp = NOW.minusMillis((long) (Math.pow(random.nextDouble(), 4) * 730 * 3_600_000) - 60_000);
        double value = random.nextInt(4) == 0 ? 0 : random.nextInt(4_000) / 4.0;
        int page = (int) (Math.pow(random.nextDouble(), 2) * PAGES.size());
        return new Sample(id, timestamp, METRICS.get(random.nextInt(METRICS.size())), value, PAGES.get(page));
    }

    private void send(List<Sample> samples) {
        app.send(
                "canvas_vitals",
                samples.stream()
                        .map(sample -> {
                            Map<String, Object> fields = new LinkedHashMap<>();
                            fields.put("event_id", sample.id());
                            fields.put("metric_name", sample.metric());
                            fields.put("value", sample.value());
                            fields.put("url", sample.url());
                            return app.row(sample.timestamp(), fields);
                        })
                        .toList());
    }

    private void assertPages(List<Sample> samples, int hours, int groups, int limit) {
        String query = "hours=%d&by=url&groups=%d&limit=%d".formatted(hours, groups, limit);
        Map<String, List<Sample>> byPage = new HashMap<>();
        samples.forEach(
                sample -> byPage.computeIfAbsent(sample.url() == null ? "" : sample.url(), _ -> new ArrayList<>())
                        .add(sample));
        List<Map.Entry<String, List<Sample>>> ordered = byPage.entrySet().stream()
                .sorted(Comparator.<Map.Entry<String, List<Sample>>>comparingInt(
                                page -> -page.getValue().size())
                        .thenComparing(page -> page.getKey().getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned))
                .toList();
        List<Page> expected = ordered.stream()
                .limit(groups)
                .map(page -> page(page.getKey(), page.getValue(), limit))
                .toList();
        List<Sample> others = ordered.stream()
                .skip(groups)
                .flatMap(page -> page.getValue().stream())
                .toList();

        Response answer = ask(query);
        JsonPath told = answer.jsonPath(DOUBLES);
        assertEquals(
                expected,
                told.<Map<String, Object>>getList("vitals_by_url.groups").stream()
                        .map(group -> read((String) group.get("key"), group))
                        .toList(),
                query);
        Map<String, Object> rest = told.getMap("vitals_by_url.rest");
        if (others.isEmpty()) {
            assertNull(rest, query);
        } else {
            assertEquals(ordered.size() - groups, rest.get("groups"), query);
            assertEquals(page("", others, limit), read("", rest), query);
        }

        long omitted = omitted(samples, limit) + omitted(others, limit);
        for (Map.Entry<String, List<Sample>> page : ordered.subList(0, Math.min(groups, ordered.size()))) {
            omitted += omitted(page.getValue(), limit);
        }
        assertEquals(omitted == 0 ? null : Long.toString(omitted), answer.header(OMITTED), query);
        assertEquals(page("", samples, limit).vitals(), Overview.vitals(told.getList("vitals")), query);
    }

    @SuppressWarnings("unchecked")
    private static Page read(String key, Map<String, Object> group) {
        return new Page(key, (Integer) group.get("sample_count"), Overview.vitals((List<Map<String, Object>>)
                group.get("vitals")));
    }

    /** With the metrics that have the most samples. */
    private static Page page(String key, List<Sample> samples, int limit) {
        return new Page(key, samples.size(), Overview.largest(limit, percentiles(samples)));
    }

    private static Map<String, List<Number>> percentiles(List<Sample> samples) {
        return Overview.percentiles(samples.stream()
                .map(sample ->
                        new Event(Kind.VITAL, UUID.randomUUID(), sample.timestamp(), sample.metric(), sample.value()))
                .toList());
    }

    private static long omitted(List<Sample> samples, int limit) {
        return Math.max(0, samples.stream().map(Sample::metric).distinct().count() - limit);
    }

    @Test
    void newestDeliveryCountsBeforePartsAreMerged() {
        Stores.execute("SYSTEM STOP MERGES");
        try {
            String id = UUID.randomUUID().toString();
            Instant moment = NOW.minusSeconds(60);
            send(List.of(new Sample(id, moment, "LCP", 100, "/old")));
            send(List.of(new Sample(id, moment, "LCP", 200, "/new")));
            JsonPath told = ask("by=url").jsonPath(DOUBLES);
            assertEquals(List.of("/new"), told.getList("vitals_by_url.groups.key"));
            assertEquals(List.of(200.0), told.getList("vitals_by_url.groups[0].vitals.p50"));
        } finally {
            Stores.execute("SYSTEM START MERGES");
        }
    }

    @Test
    void pagesOfOtherAppsAreNotCounted() {
        TestApp other = TestApp.create(app.caller(), "other");
        TestApp foreign = TestApp.create();
        for (TestApp theirs : List.of(other, foreign)) {
            theirs.send(
                    "canvas_vitals", NOW.minusSeconds(60), Map.of("metric_name", "LCP", "value", 1, "url", "/theirs"));
        }
        assertEquals(List.of(), ask("by=url").jsonPath().getList("vitals_by_url.groups"));
        send(List.of(new Sample(UUID.randomUUID().toString(), NOW.minusSeconds(60), "LCP", 2, "/ours")));
        assertEquals(List.of("/ours"), ask("by=url").jsonPath().getList("vitals_by_url.groups.key"));
        foreign.request()
                .get("/v1/apps/{app}/analytics?by=url")
                .then()
                .statusCode(200)
                .body("vitals_by_url.groups.key", contains("/theirs"));
    }

    @Test
    void vitalsOfPagesHaveRatingsOnRequest() {
        send(List.of(new Sample(UUID.randomUUID().toString(), NOW.minusSeconds(60), "LCP", 5_000, "/slow")));
        ask("by=url").then().body("vitals_by_url.groups[0].vitals[0]", not(hasKey("rating")));
        ask("by=url&ratings=true").then().body("vitals_by_url.groups[0].vitals[0].rating", equalTo("poor"));
    }

    @Test
    void csvHasTheWholeTheGroupsAndTheRest() {
        Instant moment = NOW.minusSeconds(60);
        send(List.of(
                new Sample(UUID.randomUUID().toString(), moment, "LCP", 1_000, "/a"),
                new Sample(UUID.randomUUID().toString(), moment, "LCP", 3_000, "/a"),
                new Sample(UUID.randomUUID().toString(), moment, "CLS", 0.5, "/a"),
                new Sample(UUID.randomUUID().toString(), moment, "LCP", 5_000, "=1+1"),
                new Sample(UUID.randomUUID().toString(), moment, "LCP", 9_000, "z")));
        Rollups.run();
        assertEquals("""
                kind,key,metric_name,p50,p75,p95,sample_count,rating
                whole,,CLS,0.5,0.5,0.5,1,poor
                whole,,LCP,3000.0,5000.0,9000.0,4,poor
                group,/a,CLS,0.5,0.5,0.5,1,poor
                group,/a,LCP,1000.0,3000.0,3000.0,2,needs-improvement
                group,'=1+1,LCP,5000.0,5000.0,5000.0,1,poor
                rest,,LCP,9000.0,9000.0,9000.0,1,poor
                """, csv("table=vitals&by=url&groups=2&ratings=true"));
        assertEquals("""
                metric_name,p50,p75,p95,sample_count,rating
                CLS,0.5,0.5,0.5,1,
                LCP,3000.0,5000.0,9000.0,4,
                """, csv("table=vitals"));
    }

    private String csv(String query) {
        return app.request()
                .accept("text/csv")
                .get("/v1/apps/{app}/analytics?" + query)
                .then()
                .statusCode(200)
                .extract()
                .asString()
                .replace("\r\n", "\n");
    }

    @Test
    void appWithoutSamplesHasNoPages() {
        ask("by=url").then().body("vitals_by_url.groups", empty()).body("vitals_by_url", not(hasKey("rest")));
        ask("groups=5").then().body("$", not(hasKey("vitals_by_url")));
    }

    @ParameterizedTest
    @CsvSource({
        "by=page,   by,     enum",
        "by=,       by,     enum",
        "groups=0,  groups, greater_than_equal",
        "groups=51, groups, less_than_equal",
    })
    void refusesAnotherDimensionOrNumber(String query, String parameter, String type) {
        app.request()
                .get("/v1/apps/{app}/analytics?" + query)
                .then()
                .statusCode(422)
                .body("detail.loc", contains(List.of("query", parameter)))
                .body("detail[0].type", equalTo(type));
    }

    private Response ask(String query) {
        Response answer = app.request().get("/v1/apps/{app}/analytics?" + query);
        assertEquals(200, answer.statusCode(), answer.asString());
        return answer;
    }
}
