package dev.quarry.cache;

import static org.hamcrest.Matchers.emptyString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.caller.Permissions;
import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.clickhouse.Departure;
import dev.quarry.clickhouse.RetentionView;
import dev.quarry.probe.ProbeResource;
import dev.quarry.probe.ProbeRollup;
import dev.quarry.request.RequestContext;
import dev.quarry.retention.DataSince;
import dev.quarry.rollup.Freshness;
import dev.quarry.rollup.RollupConfiguration;
import dev.quarry.tabular.TableAnswers;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class AnswerCacheTest {
    @Inject
    TestClock clock;

    @Inject
    Freshness freshness;

    @Inject
    RetentionView retention;

    @Inject
    DataSince since;

    @Inject
    ObjectMapper json;

    @Inject
    TableAnswers tables;

    private final AtomicInteger executions = new AtomicInteger();
    private TestCaller caller;

    @BeforeEach
    void countExecutions() {
        ProbeRollup.createTable();
        ProbeResource.beforeCounting(executions::incrementAndGet);
        caller = TestCaller.create(Permissions.METRICS_READ);
        insert(caller);
        Rollups.run();
    }

    @AfterEach
    void stopCounting() {
        ProbeResource.beforeCounting(() -> {});
        clock.reset();
    }

    @Test
    void unchangedAnswerIsReused() {
        ask("").then().body("count", equalTo(1)).contentType("application/json");
        ask("").then().body("count", equalTo(1)).contentType("application/json").header("X-Data-As-Of", notNullValue());

        assertEquals(1, executions.get());
    }

    @Test
    void changedAnswerIsReadAgain() {
        String before = ask("").header("ETag");
        insert(caller);
        Rollups.run();

        ask("").then().body("count", equalTo(2));
        assertNotEquals(before, ask("").header("ETag"));
    }

    @Test
    void changeOfAnotherOrganizationDoesNotMatter() {
        ask("");
        insert(TestCaller.create(Permissions.METRICS_READ));
        Rollups.run();

        ask("");

        assertEquals(1, executions.get());
    }

    @Test
    void organizationsPathsParametersAndDaysHaveAnswersOfTheirOwn() {
        ask("");
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);
        other.withApiKey().get("/probe/cached-events/a").then().body("count", equalTo(0));
        caller.withApiKey().get("/probe/cached-events/b").then().body("count", equalTo(1));
        ask("?note=other");
        assertEquals(4, executions.get());

        clock.setTo(Instant.now().plus(Duration.ofDays(1)));
        ask("");
        assertEquals(5, executions.get());
    }

    @Test
    void credentialsOfAnOrganizationShareItsAnswers() {
        ask("");

        caller.withSession().get("/probe/cached-events/a").then().body("count", equalTo(1));

        assertEquals(1, executions.get());
    }

    /** A gateway that compresses an answer makes its tag weak. */
    @ParameterizedTest
    @ValueSource(strings = {"%s", "\"other\", %s", "W/%s", "*"})
    void clientThatHasTheAnswerGetsNoBody(String known) {
        String tag = ask("").header("ETag");

        caller.withApiKey()
                .header("If-None-Match", known.formatted(tag))
                .get("/probe/cached-events/a")
                .then()
                .statusCode(304)
                .header("ETag", equalTo(tag))
                .header("X-Data-As-Of", notNullValue())
                .header("Cache-Control", equalTo("private, no-cache"))
                .header("Server-Timing", startsWith("engine;dur=0.00"))
                .body(emptyString());
        caller.withApiKey()
                .header("If-None-Match", "\"other\"")
                .get("/probe/cached-events/a")
                .then()
                .statusCode(200)
                .body("count", equalTo(1));
        assertEquals(1, executions.get());
    }

    @Test
    void eachFormatHasAnAnswerAndATagOfItsOwn() {
        Map<String, String> tags = new HashMap<>();
        for (String format : List.of("application/json", "text/csv", "application/vnd.apache.arrow.stream")) {
            tags.put(
                    format,
                    caller.withApiKey()
                            .accept(format)
                            .get("/probe/cached-events/a")
                            .then()
                            .statusCode(200)
                            .contentType(format)
                            .extract()
                            .header("ETag"));
        }
        assertEquals(3, executions.get());
        tags.forEach((format, tag) -> tags.keySet()
                .forEach(wanted -> caller.withApiKey()
                        .accept(wanted)
                        .header("If-None-Match", tag)
                        .get("/probe/cached-events/a")
                        .then()
                        .statusCode(wanted.equals(format) ? 304 : 200)));
        assertEquals(3, executions.get());
    }

    @Test
    void sameRequestsAtTheSameTimeShareOneExecution() throws Exception {
        CountDownLatch others = new CountDownLatch(1);
        ProbeResource.beforeCounting(() -> {
            executions.incrementAndGet();
            await(others);
        });
        double shared = requests("shared");
        List<Future<Integer>> answers = new ArrayList<>();
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int client = 0; client < 5; client++) {
                answers.add(clients.submit(() -> ask("").path("count")));
            }
            Awaitility.await().until(() -> requests("shared") == shared + 4);
            others.countDown();
            for (Future<Integer> answer : answers) {
                assertEquals(1, answer.get());
            }
        }
        assertEquals(1, executions.get());
    }

    /** Otherwise a client that leaves would take the answer away from others. */
    @Test
    void executionWhoseClientLeavesIsRepeatedForOthers() throws Exception {
        ProbeResource.beforeCounting(() -> {
            Departure client = RequestContext.current().orElseThrow().departure();
            if (executions.incrementAndGet() == 1) {
                Awaitility.await().until(client::hasHappened);
            }
        });
        double shared = requests("shared");
        try (var clients = Executors.newVirtualThreadPerTaskExecutor();
                Socket first = new Socket("localhost", RestAssured.port)) {
            first.getOutputStream()
                    .write(("GET /probe/cached-events/a HTTP/1.1\r\nHost: localhost\r\nx-api-key: " + caller.key()
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Awaitility.await().until(() -> executions.get() == 1);
            Future<Response> answer = clients.submit(() -> ask(""));
            Awaitility.await().until(() -> requests("shared") == shared + 1);

            first.shutdownOutput();

            answer.get().then().statusCode(200).body("count", equalTo(1));
        }
        assertEquals(2, executions.get());
    }

    @Test
    void failureIsNotCached() {
        ProbeResource.beforeCounting(() -> {
            if (executions.incrementAndGet() == 1) {
                throw new IllegalStateException("The first execution fails");
            }
        });

        ask("").then().statusCode(500);
        ask("").then().statusCode(200).body("count", equalTo(1));
    }

    @Test
    void slowExecutionDoesNotReplaceNewerAnswers() {
        ProbeResource.beforeCounting(() -> {
            if (executions.incrementAndGet() == 1) {
                insert(caller);
                Rollups.run();
                ask("?note=newer").then().body("count", equalTo(2));
            }
        });
        ask("");
        assertEquals(2, executions.get());

        ask("?note=newer").then().body("count", equalTo(2));

        assertEquals(2, executions.get());
    }

    /** Answers of two kilobytes each; one of four of the cache is for one organisation. */
    @Test
    void organizationHasNoMoreThanItsShare() {
        AnswerCache cache = cache(Map.of(), 20_000, 0.25);

        for (String question : List.of("1", "2", "1", "3", "1", "2")) {
            answer(cache, question, "x".repeat(1_000));
        }

        // Two answers fit: 3 evicts 2, which is then read again.
        assertEquals(4, executions.get());
    }

    /** On a cluster, a replica of the engine may lack the newest rows for a while. */
    @Test
    void answersOfAClusterAreKeptOnceEveryReplicaHasTheRows() {
        AnswerCache cache = cache(Map.of("quarry.clickhouse.cluster", "c1", "quarry.rollup.replica-delay", "1h"));
        answer(cache, "1", "");
        answer(cache, "1", "");
        assertEquals(2, executions.get());

        cache = cache(Map.of("quarry.clickhouse.cluster", "c1", "quarry.rollup.replica-delay", "0s"));
        answer(cache, "1", "");
        answer(cache, "1", "");
        assertEquals(3, executions.get());
    }

    private AnswerCache cache(Map<String, String> settings) {
        return cache(settings, 1_000_000, 1);
    }

    private AnswerCache cache(Map<String, String> settings, long bytes, double organizationShare) {
        var configured = new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(ClickHouseConfiguration.class)
                .withMapping(RollupConfiguration.class)
                .withMapping(AnswerCacheConfiguration.class)
                .withDefaultValues(settings)
                .withDefaultValue("quarry.clickhouse.url", "http://127.0.0.1:1")
                .withDefaultValue("quarry.answer-cache.bytes", Long.toString(bytes))
                .withDefaultValue("quarry.answer-cache.organization-share", Double.toString(organizationShare))
                .build();
        AnswerCacheConfiguration limits = configured.getConfigMapping(AnswerCacheConfiguration.class);
        return new AnswerCache(
                freshness,
                retention,
                since,
                clock,
                json,
                tables,
                new RepeatedRequests(clock, limits),
                limits,
                configured.getConfigMapping(ClickHouseConfiguration.class),
                configured.getConfigMapping(RollupConfiguration.class),
                new SimpleMeterRegistry());
    }

    private void answer(AnswerCache cache, String question, String text) {
        var asker = new Caller(caller.organization(), Set.of(), Mechanism.API_KEY, "key");
        var _ = cache.answer(asker, question, () -> {
            executions.incrementAndGet();
            return text;
        });
    }

    @Test
    void metricsCountHitsAndMisses() {
        double hits = requests("hit");
        double misses = requests("miss");

        ask("");
        ask("");

        assertEquals(hits + 1, requests("hit"));
        assertEquals(misses + 1, requests("miss"));
    }

    private Response ask(String query) {
        return caller.withApiKey().get("/probe/cached-events/a" + query);
    }

    private static double requests(String result) {
        return Scrape.now().sum("quarry_answer_cache_requests_total", "result", result);
    }

    private static void insert(TestCaller organization) {
        Stores.execute("""
                INSERT INTO events (organization_id, event_id, time, kind)
                VALUES ('%s', generateUUIDv4(), '2026-03-01 10:00:00.000', 'tool_call')
                """.formatted(organization.organization()));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
