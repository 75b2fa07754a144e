package dev.quarry.cache;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.probe.ProbeResource;
import dev.quarry.probe.ProbeRollup;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.Header;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class RepeatedAnswersTest {
    private static final String PATH = "/probe/cached-events/repeated";
    private static final String ROUTE = "/probe/cached-events/{item}";

    /** Headers that differ from answer to answer. */
    private static final Set<String> OF_ONE_ANSWER =
            Set.of("x-request-id", "server-timing", "ratelimit", "x-data-as-of", "date");

    @Inject
    TestClock clock;

    private final AtomicInteger reached = new AtomicInteger();
    private TestCaller caller;

    @BeforeEach
    void countRequestsOfTheResource() {
        clock.setTo(Instant.now().truncatedTo(ChronoUnit.MINUTES));
        ProbeRollup.createTable();
        ProbeResource.onRequest(reached::incrementAndGet);
        caller = TestCaller.create(Permissions.METRICS_READ);
        insert(caller);
        Rollups.run();
    }

    @AfterEach
    void stopCounting() {
        ProbeResource.onRequest(() -> {});
        clock.reset();
    }

    @ParameterizedTest
    @CsvSource({
        "application/json, 200",
        "text/csv, 200",
        "application/vnd.apache.arrow.stream, 200",
        "application/json, 304",
        "text/csv, 304"
    })
    void repeatedAnswerEqualsTheFirst(String format, int status) {
        RequestSpecification request = caller.withApiKey().accept(format);
        if (status == 304) {
            request.header("If-None-Match", "*");
        }

        Response first = request.get(PATH);
        Response repeated = request.get(PATH);

        assertEquals(1, reached.get());
        assertEquals(status, first.statusCode());
        assertEquals(status, repeated.statusCode());
        assertEquals(headers(first), headers(repeated));
        assertEquals(first.asString(), repeated.asString());
        repeated.then().header("X-Data-As-Of", notNullValue());
    }

    @Test
    void changedAnswerIsNotRepeated() {
        ask();
        insert(caller);
        Rollups.run();

        ask().then().body("count", equalTo(2));
        assertEquals(2, reached.get());
        ask().then().body("count", equalTo(2));
        assertEquals(2, reached.get());
    }

    /** What the parameters of a request mean may change with the hour of a time zone. */
    @Test
    void requestOfAnotherMinuteReachesTheResource() {
        ask();

        clock.setTo(clock.instant().plus(Duration.ofSeconds(59)));
        ask().then().body("count", equalTo(1));
        assertEquals(1, reached.get());

        clock.setTo(clock.instant().plus(Duration.ofSeconds(1)));
        ask().then().body("count", equalTo(1));
        assertEquals(2, reached.get());
        ask().then().body("count", equalTo(1));
        assertEquals(2, reached.get());
    }

    @Test
    void organizationsGetTheirOwnAnswers() {
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);
        for (int time = 0; time < 3; time++) {
            ask().then().body("count", equalTo(1));
            other.withApiKey().get(PATH).then().body("count", equalTo(0));
        }
        assertEquals(2, reached.get());
    }

    /** Each key is looked up again and again, so that the requests go on after waiting for PostgreSQL. */
    @Test
    void organizationsGetTheirOwnAnswersWhilePostgresqlIsAsked() throws Exception {
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);
        List<Future<Integer>> own = new ArrayList<>();
        List<Future<Integer>> others = new ArrayList<>();
        try (var clients = Executors.newFixedThreadPool(16)) {
            for (int round = 0; round < 40; round++) {
                Stores.inPostgres(connection -> {
                    try (var statement = connection.createStatement()) {
                        statement.execute("UPDATE api_keys SET name = 'Changed' WHERE organization_id IN ('"
                                + caller.organization() + "', '" + other.organization() + "')");
                    }
                });
                for (int client = 0; client < 4; client++) {
                    own.add(clients.submit(() -> ask().path("count")));
                    others.add(clients.submit(() -> other.withApiKey().get(PATH).path("count")));
                }
            }
        }
        for (Future<Integer> answer : own) {
            assertEquals(1, answer.get());
        }
        for (Future<Integer> answer : others) {
            assertEquals(0, answer.get());
        }
    }

    @Test
    void refusedCallersGetNoRepeatedAnswer() {
        ask();
        TestCaller withoutPermission = TestCaller.create(Permissions.ANALYTICS_READ);

        RestAssured.given().get(PATH).then().statusCode(401).body("kind", equalTo("Unauthenticated"));
        RestAssured.given().header("x-api-key", "wrong").get(PATH).then().statusCode(401);
        caller.withApiKey().header("x-session-token", "second").get(PATH).then().statusCode(400);
        withoutPermission.withApiKey().get(PATH).then().statusCode(403);
        caller.withSession().get(PATH).then().statusCode(200);
        caller.limitSession(Permissions.ANALYTICS_READ);
        Awaitility.await()
                .untilAsserted(() -> caller.withSession().get(PATH).then().statusCode(403));
        caller.revokeKey();
        Awaitility.await().untilAsserted(() -> ask().then().statusCode(401));
    }

    @Test
    void refusalIsTheSameAsTheFirst() {
        Response first = RestAssured.given().header("x-api-key", "wrong").get("/probe/cached-events/never-asked");
        ask();

        Response repeated = RestAssured.given().header("x-api-key", "wrong").get(PATH);

        assertEquals(401, repeated.statusCode());
        assertEquals(first.statusCode(), repeated.statusCode());
        assertEquals(headers(first), headers(repeated));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HEAD", "POST", "OPTIONS"})
    void otherMethodsAreAnsweredAsBefore(String method) {
        int before = caller.withApiKey().request(method, PATH).statusCode();
        ask();

        assertEquals(before, caller.withApiKey().request(method, PATH).statusCode());
    }

    /** Nothing reads the body. The connection must not end with it, or the next request on it would wait. */
    @Test
    void repeatedRequestMayHaveABody() throws Exception {
        ask();
        var request = HttpRequest.newBuilder(URI.create("http://localhost:" + RestAssured.port + PATH))
                .header("x-api-key", caller.key())
                .timeout(Duration.ofSeconds(10))
                .method("GET", HttpRequest.BodyPublishers.ofString("x".repeat(50_000)))
                .build();
        try (HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            for (int time = 0; time < 4; time++) {
                assertEquals(
                        "{\"count\":1}",
                        client.send(request, HttpResponse.BodyHandlers.ofString())
                                .body());
            }
        }
        assertEquals(1, reached.get());
    }

    @Test
    void rateLimitCountsRepeatedRequests() {
        int first = remaining(ask());

        assertEquals(first - 1, remaining(ask()));
        assertEquals(first - 2, remaining(ask()));
        assertEquals(1, reached.get());
    }

    @Test
    void metricsCountRepeatedRequestsByTheirRoute() {
        ask();
        Scrape before = Scrape.now();

        ask();

        Scrape after = Scrape.now();
        assertEquals(
                1,
                after.sum("http_server_requests_seconds_count", "uri", ROUTE)
                        - before.sum("http_server_requests_seconds_count", "uri", ROUTE));
        assertEquals(
                1,
                after.sum("quarry_answer_cache_requests_total", "result", "hit")
                        - before.sum("quarry_answer_cache_requests_total", "result", "hit"));
    }

    private Response ask() {
        return caller.withApiKey().get(PATH);
    }

    private static int remaining(Response answer) {
        String header = answer.header("RateLimit");
        assertTrue(header.startsWith("\"default\";r="), header);
        return Integer.parseInt(header.replaceAll(".*;r=(\\d+);.*", "$1"));
    }

    private static Map<String, List<String>> headers(Response answer) {
        return answer.headers().asList().stream()
                .filter(header -> !OF_ONE_ANSWER.contains(header.getName().toLowerCase(Locale.ROOT)))
                .collect(Collectors.groupingBy(
                        Header::getName, TreeMap::new, Collectors.mapping(Header::getValue, Collectors.toList())));
    }

    private static void insert(TestCaller owner) {
        Stores.execute("""
                INSERT INTO events (organization_id, event_id, time, kind)
                VALUES ('%s', generateUUIDv4(), '2026-03-01 10:00:00.000', 'tool_call')
                """.formatted(owner.organization()));
    }
}
