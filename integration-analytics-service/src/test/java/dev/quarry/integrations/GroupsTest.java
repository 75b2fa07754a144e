package dev.quarry.integrations;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
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
    private static final String PATH = "/v1/analytics/integrations/";
    private static final String OMITTED = "X-Groups-Omitted";
    private static final int MANY = 120_000;

    private final TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);

    /** A panel, the name of its rows, and its grouping column. */
    private record Grouping(
            String panel, String key, String count, Function<Invocation, String> group, boolean failures) {
        private static final List<Grouping> ALL = List.of(
                new Grouping("by-integration", "integration_key", "invocations", Invocation::integration, false),
                new Grouping("by-mode", "mode", "invocations", Invocation::mode, false),
                new Grouping("error-breakdown", "error_category", "count", Invocation::errorCategory, true));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void listsTheLargestGroups(long seed) {
        Random random = new Random(seed);
        List<Invocation> truth = IntStream.range(0, 1_500)
                .mapToObj(number -> invocation(random, seed + "-" + number))
                .toList();
        Deliveries.deliver(caller, truth);
        for (Grouping list : Grouping.ALL) {
            for (String zone : List.of("UTC", "Asia/Kolkata")) {
                for (int limit : List.of(1, 2, 3 + random.nextInt(40), 1_000)) {
                    check(list, truth, zone, limit);
                }
            }
        }
    }

    /** The window is 20 and 21 February, that before it 18 and 19 February; few groups are of a size of their own. */
    private static Invocation invocation(Random random, String id) {
        boolean failed = random.nextInt(3) > 0;
        return new Invocation(
                id,
                Instant.parse("2026-02-18T00:00:00Z").plusSeconds(random.nextInt(4 * 86_400)),
                group(random),
                "tool",
                group(random),
                failed ? "exception" : "success",
                failed ? group(random) : "",
                random.nextInt(300));
    }

    private static String group(Random random) {
        return List.of("group ", "Ünï ", "\uFF5E ", "\uD83D\uDE00 ").get(random.nextInt(4)) + random.nextInt(300);
    }

    private void check(Grouping list, List<Invocation> truth, String zone, int limit) {
        String question = "%s, zone %s, limit %d".formatted(list.panel, zone, limit);
        long offset = zone.equals("UTC") ? 0 : 19_800;
        Map<Long, Map<String, Long>> sides = truth.stream()
                .filter(invocation -> !list.failures || !invocation.isSuccessful())
                .collect(Collectors.groupingBy(
                        invocation -> Math.floorDiv(
                                invocation.time().getEpochSecond()
                                        + offset
                                        - Instant.parse("2026-02-20T00:00:00Z").getEpochSecond(),
                                2 * 86_400L),
                        Collectors.groupingBy(list.group, Collectors.counting())));
        Map<String, Long> now = sides.getOrDefault(0L, Map.of());
        Map<String, Long> before = sides.getOrDefault(-1L, Map.of());
        List<String> shown = largestFirst(now).stream().limit(limit).toList();

        Response answer = ask(list.panel, zone, limit);
        assertEquals(rows(shown, now), rows(list, answer.jsonPath().getList("$"), now), question);
        assertOmitted(now.size() - shown.size(), answer, question);
        assertEquals(shown, csv(ask(zone, limit).accept("text/csv").get(PATH + list.panel)), question);

        List<String> gone = largestFirst(before).stream()
                .filter(key -> !now.containsKey(key))
                .toList();
        List<String> pairs = Stream.concat(largestFirst(now).stream(), gone.stream())
                .limit(limit)
                .toList();
        Response compared = ask(zone, limit).queryParam("compare", "previous").get(PATH + list.panel);
        List<Map<String, Map<String, Object>>> actual = compared.jsonPath().getList("$");
        assertEquals(
                pairs.stream()
                        .map(key -> key + " " + now.get(key) + " " + before.get(key))
                        .toList(),
                actual.stream()
                        .map(pair -> Stream.of(pair.get("current"), pair.get("previous"))
                                        .filter(Objects::nonNull)
                                        .findFirst()
                                        .orElseThrow()
                                        .get(list.key)
                                + " " + count(list, pair.get("current")) + " " + count(list, pair.get("previous")))
                        .toList(),
                question);
        assertOmitted(now.size() + gone.size() - pairs.size(), compared, question);
        actual.stream()
                .map(pair -> pair.get("previous"))
                .filter(Objects::nonNull)
                .forEach(row -> assertShare(list, row, before, question));
    }

    private static List<String> rows(List<String> keys, Map<String, Long> counts) {
        return keys.stream().map(key -> key + " " + counts.get(key)).toList();
    }

    private static List<String> rows(Grouping list, List<Map<String, Object>> rows, Map<String, Long> counts) {
        rows.forEach(row -> assertShare(list, row, counts, list.panel));
        return rows.stream()
                .map(row -> row.get(list.key) + " " + count(list, row))
                .toList();
    }

    private static void assertShare(Grouping list, Map<String, Object> row, Map<String, Long> counts, String question) {
        if (list.failures) {
            long all = counts.values().stream().mapToLong(Long::longValue).sum();
            BigDecimal share = BigDecimal.valueOf(100 * counts.get((String) row.get(list.key)))
                    .divide(BigDecimal.valueOf(all), 2, RoundingMode.HALF_UP);
            assertEquals(share.doubleValue(), Double.parseDouble(String.valueOf(row.get("share_pct"))), question);
        }
    }

    private static Long count(Grouping list, Map<String, Object> row) {
        return row == null ? null : ((Number) row.get(list.count)).longValue();
    }

    /** Equally large groups by their keys, code point by code point. */
    private static List<String> largestFirst(Map<String, Long> counts) {
        return counts.keySet().stream()
                .sorted(Comparator.<String>comparingLong(key -> -counts.get(key))
                        .thenComparing(key -> key.codePoints().boxed().toList(), GroupsTest::compare))
                .toList();
    }

    private static int compare(List<Integer> one, List<Integer> other) {
        for (int place = 0; place < Math.min(one.size(), other.size()); place++) {
            int order = Integer.compare(one.get(place), other.get(place));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(one.size(), other.size());
    }

    private static List<String> csv(Response answer) {
        List<String> lines = answer.asString().lines().skip(1).toList();
        return lines.stream().map(line -> line.substring(0, line.indexOf(','))).toList();
    }

    private static void assertOmitted(long expected, Response answer, String question) {
        assertEquals(200, answer.statusCode(), question);
        assertEquals(expected == 0 ? null : Long.toString(expected), answer.header(OMITTED), question);
    }

    @ParameterizedTest
    @CsvSource({"1000, ", "1001, 1"})
    void listsAThousandGroupsByDefault(int groups, String omitted) {
        List<Invocation> invocations = new ArrayList<>();
        for (int i = 0; i < groups; i++) {
            invocations.add(Invocation.failure(
                    "border " + i, "2026-02-20T13:00:00Z", "integration " + i, "exception", "category " + i));
        }
        Deliveries.deliver(caller, invocations);
        for (String zone : List.of("UTC", "Asia/Kolkata")) {
            for (String panel : List.of("by-integration", "error-breakdown")) {
                for (String accept : List.of("application/json", "text/csv")) {
                    Response answer = window(zone).accept(accept).get(PATH + panel);
                    assertEquals(200, answer.statusCode());
                    assertEquals(omitted, answer.header(OMITTED), panel);
                }
                assertEquals(
                        1_000,
                        window(zone).get(PATH + panel).jsonPath().getList("$").size());
            }
            Response envelope = window(zone).get(PATH + "dashboard");
            assertEquals(omitted == null ? null : "2", envelope.header(OMITTED), "those of all lists");
            assertEquals(1_000, envelope.jsonPath().getList("by_integration").size());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0    | greater_than_equal | Input should be greater than or equal to 1",
                "1001 | less_than_equal    | Input should be less than or equal to 1000",
                "abc  | int_parsing        | Input should be a valid integer, unable to parse string as an integer",
            })
    void refusesALimitThatIsNone(String limit, String type, String message) {
        for (String route : List.of("dashboard", "by-integration", "by-mode", "error-breakdown")) {
            window("UTC")
                    .queryParam("limit", limit)
                    .get(PATH + route)
                    .then()
                    .statusCode(422)
                    .body("detail.loc", contains(List.of("query", "limit")))
                    .body("detail[0].type", equalTo(type))
                    .body("detail[0].msg", equalTo(message));
        }
    }

    @Test
    void groupsOfAnotherTenantAreNotCounted() {
        TestCaller other = TestCaller.create(Permissions.INTEGRATIONS_READ);
        Deliveries.insert(
                other,
                List.of(
                        Invocation.success("1", "2026-02-20T13:00:00Z", "theirs", 1),
                        Invocation.success("2", "2026-02-20T13:00:00Z", "theirs too", 1)));
        Deliveries.deliver(caller, Invocation.success("1", "2026-02-20T13:00:00Z", "ours", 1));
        for (String zone : List.of("UTC", "Asia/Kolkata")) {
            Response answer = ask("by-integration", zone, 1);
            assertNull(answer.header(OMITTED));
            assertEquals(List.of("ours"), answer.jsonPath().getList("integration_key"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"integration_key", "mode", "error_category"})
    void listsADayWith120000Groups(String column) {
        Map<String, String> values = new HashMap<>(
                Map.of("integration_key", "'stripe'", "mode", "'vendor_api'", "error_category", "'timeout'"));
        values.put(column, "'group ' || number % 120000");
        Stores.execute("""
                INSERT INTO invocations
                    (organization_id, event_id, time, integration_key, slug, mode, outcome, error_category, latency_ms)
                SELECT '%s', generateUUIDv4(), toDateTime64('2026-02-20 00:00:00', 3, 'UTC') + number %% 86400,
                    %s, 'tool', %s, 'exception', %s, number %% 500
                FROM numbers(%d)
                """.formatted(
                        caller.organization(),
                        values.get("integration_key"),
                        values.get("mode"),
                        values.get("error_category"),
                        MANY + 500));
        Deliveries.run();
        List<String> largest = Stream.concat(
                        IntStream.range(0, 500)
                                .mapToObj(number -> "group " + number)
                                .sorted(),
                        IntStream.range(500, MANY)
                                .mapToObj(number -> "group " + number)
                                .sorted())
                .limit(1_000)
                .toList();
        String list = Map.of(
                        "integration_key", "by_integration", "mode", "by_mode", "error_category", "error_breakdown")
                .get(column);
        for (String zone : List.of("UTC", "Asia/Kolkata")) {
            for (String granularity : List.of("hour", "day", "week")) {
                Response answer = caller.withApiKey()
                        .queryParam("start_date", "2026-02-19")
                        .queryParam("end_date", "2026-02-21")
                        .queryParam("granularity", granularity)
                        .queryParam("tz", zone)
                        .get(PATH + "dashboard");
                assertOmitted(MANY - 1_000, answer, zone + " " + granularity);
                assertEquals(largest, answer.jsonPath().getList(list + "." + column), zone + " " + granularity);
                assertEquals(MANY + 500, answer.jsonPath().getLong("summary[0].current_invocations"));
            }
        }
    }

    private Response ask(String panel, String zone, int limit) {
        return ask(zone, limit).get(PATH + panel);
    }

    private RequestSpecification ask(String zone, int limit) {
        return caller.withApiKey()
                .queryParam("start_date", "2026-02-20")
                .queryParam("end_date", "2026-02-21")
                .queryParam("tz", zone)
                .queryParam("limit", limit);
    }

    private RequestSpecification window(String zone) {
        return caller.withApiKey()
                .queryParam("start_date", "2026-02-20")
                .queryParam("end_date", "2026-02-20")
                .queryParam("tz", zone);
    }
}
