package dev.quarry.metrics;

import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.response.Response;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Lists show the largest groups, and a header counts the groups that they leave out. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class GroupsTest {
    private static final String OMITTED = "X-Groups-Omitted";
    private static final String USERS_BY = "/v1/metrics/users-by?dimension=country";
    private static final String FEATURES = "/v1/metrics/feature-adoption?from=2026-03-01&to=2026-03-02";
    private static final List<String> ZONES = List.of("UTC", "Asia/Kolkata");
    private static final int MANY = 120_000;

    private final TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
    private final List<Map<String, Object>> rows = new ArrayList<>();

    /** A session of one user, on 1 March in every zone that the tests ask in. */
    private void session(int number, String country, String feature) {
        rows.add(Map.of(
                "organization_id",
                caller.organization(),
                "event_id",
                UUID.randomUUID().toString(),
                "time",
                "2026-03-01 10:00:00.000",
                "user_id",
                "user " + number,
                "session_id",
                "session " + number,
                "kind",
                "feature_use",
                "country",
                country,
                "feature",
                feature));
    }

    private void deliver() {
        Stores.insert("events", rows);
        rows.clear();
        Rollups.run();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void listsTheLargestGroups(long seed) {
        Random random = new Random(seed);
        Map<String, Integer> countries = new TreeMap<>();
        Map<String, Integer> features = new TreeMap<>();
        int sessions = 500;
        for (int number = 0; number < sessions; number++) {
            String country = "country " + random.nextInt(150);
            String feature = random.nextInt(4) == 0 ? "" : "feature " + random.nextInt(150);
            session(number, country, feature);
            countries.merge(country, 1, Integer::sum);
            if (!feature.isEmpty()) {
                features.merge(feature, 1, Integer::sum);
            }
        }
        deliver();
        for (int limit : List.of(1, 2, 3 + random.nextInt(60), 1_000)) {
            Response users = ask(USERS_BY + "&limit=" + limit);
            assertEquals(
                    largestFirst(countries, limit).stream()
                            .map(key -> key + " " + countries.get(key))
                            .toList(),
                    users.jsonPath().<Map<String, Object>>getList("data").stream()
                            .map(group -> group.get("key") + " " + group.get("count"))
                            .toList());
            assertOmitted(countries.size() - limit, users);
            for (String zone : ZONES) {
                Response adoption = ask(FEATURES + "&limit=" + limit + "&tz=" + zone);
                assertEquals(
                        largestFirst(features, limit).stream()
                                .map(key -> "%s %d %d %s"
                                        .formatted(
                                                key,
                                                features.get(key),
                                                sessions,
                                                percentage(features.get(key), sessions)))
                                .toList(),
                        adoption.jsonPath().<Map<String, Object>>getList("data").stream()
                                .map(use -> "%s %s %s %s"
                                        .formatted(
                                                use.get("feature"),
                                                use.get("sessionsWithFeature"),
                                                use.get("totalSessions"),
                                                plain(String.valueOf(use.get("percentage")))))
                                .toList());
                assertOmitted(features.size() - limit, adoption);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1000, ", "1001, 1"})
    void listsAThousandGroupsByDefault(int groups, String omitted) {
        for (int number = 0; number < groups; number++) {
            session(number, "country " + number, "feature " + number);
        }
        deliver();
        for (String path : List.of(USERS_BY, FEATURES, FEATURES + "&tz=Asia/Kolkata")) {
            Response answer = ask(path);
            assertEquals(omitted, answer.header(OMITTED), path);
            assertEquals(1_000, answer.jsonPath().getList("data").size(), path);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0    | limit: Input should be greater than or equal to 1",
                "1001 | limit: Input should be less than or equal to 1000",
                "abc  | limit: Input should be a valid integer, unable to parse string as an integer",
            })
    void refusesALimitThatIsNone(String limit, String message) {
        for (String path : List.of(USERS_BY, FEATURES)) {
            caller.withApiKey()
                    .get(path + "&limit=" + limit)
                    .then()
                    .statusCode(400)
                    .body("statusCode", equalTo(400))
                    .body("error", equalTo("Bad Request"))
                    .body("message", containsString(message));
        }
    }

    @Test
    void groupsOfAnotherTenantAreNotCounted() {
        session(1, "theirs", "theirs");
        session(2, "theirs too", "theirs too");
        deliver();
        TestCaller stranger = TestCaller.create(Permissions.METRICS_READ);
        for (String path : List.of(USERS_BY, FEATURES)) {
            Response answer = stranger.withApiKey().get(path + "&limit=1");
            assertNull(answer.header(OMITTED), path);
            assertEquals(List.of(), answer.jsonPath().getList("data"), path);
            assertEquals("1", ask(path + "&limit=1").header(OMITTED), path);
        }
    }

    @Test
    void listsADayWith120000Groups() {
        Stores.execute("""
                INSERT INTO events (organization_id, event_id, time, user_id, session_id, kind, country, feature)
                SELECT '%s', generateUUIDv4(), toDateTime64('2026-03-01 00:00:00', 3, 'UTC') + number %% 50000,
                    'user ' || number, 'session ' || number, 'feature_use',
                    'group ' || number %% %2$d, 'group ' || number %% %2$d
                FROM numbers(%3$d)
                """.formatted(caller.organization(), MANY, MANY + 500));
        Rollups.run();
        List<String> largest = Stream.concat(
                        IntStream.range(0, 500)
                                .mapToObj(number -> "group " + number)
                                .sorted(),
                        IntStream.range(500, MANY)
                                .mapToObj(number -> "group " + number)
                                .sorted())
                .limit(1_000)
                .toList();
        Response users = ask(USERS_BY);
        assertEquals(largest, users.jsonPath().getList("data.key"));
        assertOmitted(MANY - 1_000, users);
        for (String zone : ZONES) {
            Response adoption = ask(FEATURES + "&tz=" + zone);
            assertEquals(largest, adoption.jsonPath().getList("data.feature"), zone);
            assertEquals(MANY + 500, adoption.jsonPath().getInt("data[0].totalSessions"), zone);
            assertOmitted(MANY - 1_000, adoption);
        }
    }

    /** All sessions use the feature, so a share other than 100 % mixes two snapshots. */
    @ParameterizedTest
    @ValueSource(strings = {"UTC", "Asia/Kolkata"})
    void sharesAndTotalsAgreeDuringWrites(String zone) throws InterruptedException {
        AtomicBoolean enough = new AtomicBoolean();
        Thread source = Thread.ofPlatform().start(() -> {
            for (int number = 0; !enough.get(); number++) {
                session(number, "", "feature");
                deliver();
            }
        });
        try {
            for (int i = 0; i < 100; i++) {
                Response answer = ask(FEATURES + "&tz=" + zone);
                for (Map<String, Object> use : answer.jsonPath().<Map<String, Object>>getList("data")) {
                    assertEquals(use.get("totalSessions"), use.get("sessionsWithFeature"));
                }
            }
        } finally {
            enough.set(true);
            source.join();
        }
    }

    @Test
    void documentDescribesTheLimitAndTheHeader() {
        for (String path : List.of("users-by", "feature-adoption")) {
            String operation = "paths.'/v1/metrics/" + path + "'.get.";
            RestAssured.given()
                    .get("/q/openapi?format=json")
                    .then()
                    .body(operation + "parameters.find { it.name == 'limit' }.schema.maximum", equalTo(1_000))
                    .body(operation + "parameters.find { it.name == 'limit' }.schema.default", equalTo(1_000))
                    .body(operation + "responses.'200'.headers.'X-Groups-Omitted'.schema.type", equalTo("integer"));
        }
    }

    private Response ask(String path) {
        Response answer = caller.withApiKey().get(path);
        assertEquals(200, answer.statusCode(), path);
        return answer;
    }

    private static void assertOmitted(int expected, Response answer) {
        assertEquals(expected <= 0 ? null : Integer.toString(expected), answer.header(OMITTED));
    }

    private static List<String> largestFirst(Map<String, Integer> counts, int limit) {
        return counts.keySet().stream()
                .sorted(Comparator.<String>comparingInt(key -> -counts.get(key)).thenComparing(key -> key))
                .limit(limit)
                .toList();
    }

    private static String percentage(int part, int whole) {
        return plain(BigDecimal.valueOf(100L * part)
                .divide(BigDecimal.valueOf(whole), 2, RoundingMode.HALF_UP)
                .toString());
    }

    private static String plain(String number) {
        return new BigDecimal(number).stripTrailingZeros().toPlainString();
    }
}
