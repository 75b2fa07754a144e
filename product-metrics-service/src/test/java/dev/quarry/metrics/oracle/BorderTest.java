package dev.quarry.metrics.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.metrics.Events;
import dev.quarry.rollup.RollupJob;
import dev.quarry.schema.Retention;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import dev.quarry.testing.TestRetention;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.path.json.config.JsonPathConfig;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.TemporalAdjusters;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Compares answers on both sides of the retention's border with {@link Oracle}, which knows all events: buckets from
 * {@code X-Data-Since} on count all events, and earlier buckets count none.
 */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class BorderTest {
    private static final Instant NOW = Instant.parse("2026-04-20T09:00:00Z");
    private static final int DAYS = 30;
    private static final Retention RETENTION = new Retention(DAYS, 30, 90);

    /** The first moment that is kept: 30 days with today, in UTC. */
    private static final Instant BORDER = Instant.parse("2026-03-22T00:00:00Z");

    private static final LocalDate FROM = LocalDate.of(2026, 3, 1);
    private static final LocalDate TO = LocalDate.of(2026, 4, 20);
    private static final List<String> ZONES =
            List.of("UTC", "America/New_York", "Europe/Berlin", "Asia/Kathmandu", "Pacific/Kiritimati");
    private static final String HEADER = "X-Data-Since";

    @Inject
    RollupJob job;

    @Inject
    TestClock clock;

    @AfterEach
    void keepEverything() {
        TestRetention.reset();
        clock.reset();
    }

    @Test
    void daysAfterTheRetentionLimitAreUnchanged() {
        clock.setTo(NOW);
        List<Use> uses = RandomUses.of(22, 60, 2_000);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        Stores.insert(
                "events",
                uses.stream().map(use -> use.row(caller.organization())).toList());
        job.run();

        TestRetention.announce(RETENTION);
        check(caller, uses);
        TestRetention.set(RETENTION);
        check(caller, uses);

        deleteBehindTheBorder(caller.organization());
        check(caller, uses);

        Stores.insert(
                "events",
                uses.stream()
                        .filter(use -> !use.time().isBefore(BORDER))
                        .map(use -> use.row(caller.organization()))
                        .toList());
        job.run();
        check(caller, uses);
    }

    @Test
    void retentionLimitMovesAtMidnight() {
        TestRetention.set(RETENTION);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        clock.setTo(Instant.parse("2026-04-20T23:59:59.999Z"));
        assertEquals("2026-03-22", get(caller, "dau", Map.of()).header(HEADER));
        assertEquals(
                "2026-03-23", get(caller, "dau", Map.of("tz", "Asia/Kathmandu")).header(HEADER));
        clock.setTo(Instant.parse("2026-04-21T00:00:00Z"));
        assertEquals("2026-03-23", get(caller, "dau", Map.of()).header(HEADER));
        assertEquals(
                "2026-03-24", get(caller, "dau", Map.of("tz", "Asia/Kathmandu")).header(HEADER));
    }

    /** A longer retention does not bring back the rows that a shorter one deleted. */
    @Test
    void longerRetentionDoesNotRestoreExpiredDays() {
        clock.setTo(NOW);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        TestRetention.set(new Retention(400, 30, 90), LocalDate.of(2026, 3, 22));
        assertEquals("2026-03-22", get(caller, "dau", Map.of()).header(HEADER));
        TestRetention.set(new Retention(400, 30, 90));
        assertEquals("2025-03-17", get(caller, "dau", Map.of()).header(HEADER));
    }

    /** The only requested day that is kept, or whose day of return is over, is one that the zone does not have. */
    @ParameterizedTest
    @CsvSource({"Pacific/Apia, 2011-12-30", "Pacific/Kwajalein, 1993-08-21"})
    void borderMayBeADayThatTheZoneSkipped(ZoneId zone, LocalDate skipped) {
        TestRetention.set(RETENTION);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        for (LocalDate today = skipped; !today.isAfter(skipped.plusDays(DAYS + 8)); today = today.plusDays(1)) {
            clock.setTo(today.atTime(9, 0).toInstant(ZoneOffset.UTC));
            for (LocalDate from : List.of(skipped.minusDays(5), skipped)) {
                Map<String, Object> window =
                        Map.of("from", from.toString(), "to", from.plusDays(5).toString(), "tz", zone.getId());
                for (String metric : List.of("dau", "wau", "mau", "daily-sessions")) {
                    assertLacks(skipped, get(caller, metric, with(window, Map.of("country", "DE"))));
                }
                assertLacks(skipped, get(caller, "dau", with(window, Map.of("compare", "previous"))));
                assertLacks(skipped, get(caller, "retention", window));
                assertLacks(skipped, get(caller, "retention", with(window, Map.of("compare", "previous"))));
                assertEquals("0 0 0", powerUsers(get(caller, "power-users", window)));
                assertEquals(
                        List.of(),
                        get(caller, "feature-adoption", window).jsonPath().getList("data"));
            }
        }
    }

    /** Five users were active on the five days after the one that the zone skipped. */
    @ParameterizedTest
    @CsvSource({"wau, 2012-01-05", "mau, 2012-01-28"})
    void spanMayBeginWithADayThatTheZoneSkipped(String metric, String day) {
        clock.setTo(Instant.parse("2012-03-01T09:00:00Z"));
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        Events events = Events.of(caller);
        for (int user = 0; user < 5; user++) {
            Instant noon = LocalDate.of(2011, 12, 31)
                    .plusDays(user)
                    .atTime(12, 0)
                    .atZone(ZoneId.of("Pacific/Apia"))
                    .toInstant();
            String time = noon.toString().replace("T", " ").replace("Z", "");
            events.toolCall("use " + user, time, "user " + user).with("country", "DE");
        }
        events.deliver();
        job.run();

        Map<String, Object> window = Map.of("from", day, "to", day, "tz", "Pacific/Apia");
        assertEquals(List.of(5), get(caller, metric, window).jsonPath().getList("data.value"));
        assertEquals(
                List.of(5),
                get(caller, metric, with(window, Map.of("country", "DE")))
                        .jsonPath()
                        .getList("data.value"));
        JsonPath grouped =
                get(caller, metric, with(window, Map.of("by", "country"))).jsonPath();
        assertEquals(List.of(5), grouped.getList("data.value"));
        assertEquals(List.of(5), grouped.getList("groups[0].data.value"));
    }

    private static void assertLacks(LocalDate skipped, Response answer) {
        assertFalse(answer.jsonPath().getList("data.period").contains(skipped.toString()));
    }

    private static Map<String, Object> with(Map<String, Object> window, Map<String, Object> more) {
        Map<String, Object> parameters = new HashMap<>(window);
        parameters.putAll(more);
        return parameters;
    }

    @Test
    void limitOfRetentionCountsTheListedCohorts() {
        clock.setTo(NOW);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        List<String> periods =
                get(caller, "retention", Map.of("limit", 7)).jsonPath().getList("data.period");
        assertEquals(
                LocalDate.of(2026, 4, 6)
                        .datesUntil(LocalDate.of(2026, 4, 13))
                        .map(LocalDate::toString)
                        .toList(),
                periods);
        assertEquals(
                List.of(),
                get(caller, "retention", Map.of("from", "2026-04-13"))
                        .jsonPath()
                        .getList("data"));
    }

    /** Users leave the answer on the day on which their newest event expires, without any rebuild. */
    @Test
    void usersLeaveTheGroupsOfAQuietOrganisation() {
        List<Use> uses = RandomUses.of(23, 60, 300);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        Stores.insert(
                "events",
                uses.stream().map(use -> use.row(caller.organization())).toList());
        job.run();
        TestRetention.set(RETENTION);

        Set<List<String>> answers = new HashSet<>();
        for (LocalDate today = LocalDate.of(2026, 3, 1);
                today.isBefore(LocalDate.of(2026, 6, 30));
                today = today.plusDays(1)) {
            clock.setTo(today.atTime(9, 0).toInstant(ZoneOffset.UTC));
            LocalDate first = today.minusDays(DAYS - 1);
            List<String> answer = usersBy(caller, "country");
            assertEquals(new Oracle(uses, ZoneOffset.UTC).usersBy("country", first), answer, today.toString());
            answers.add(answer);
        }
        assertTrue(answers.contains(List.of()), "in the end all users have left");
        assertTrue(answers.size() > 10, "users leave on many days");
    }

    private static List<String> usersBy(TestCaller caller, String dimension) {
        List<Map<String, Object>> groups = get(caller, "users-by", Map.of("dimension", dimension))
                .jsonPath()
                .getList("data");
        return groups.stream()
                .map(group -> group.get("key") + " " + group.get("count"))
                .toList();
    }

    private void check(TestCaller caller, List<Use> uses) {
        for (String zone : ZONES) {
            check(caller, new Oracle(uses, ZoneId.of(zone)), ZoneId.of(zone));
        }
    }

    private void check(TestCaller caller, Oracle oracle, ZoneId zone) {
        LocalDate first = firstWholeDay(zone);
        assertSeries(caller, "dau", zone, first, oracle.activeUsers(FROM, TO, 1_000, 1));
        assertSeries(caller, "wau", zone, first.plusDays(6), oracle.activeUsers(FROM, TO, 1_000, 7));
        assertSeries(caller, "mau", zone, first.plusDays(29), oracle.activeUsers(FROM, TO, 1_000, 30));
        assertSeries(caller, "tool-calls", zone, first, oracle.toolCalls(FROM, TO, 1_000));
        assertSeries(caller, "tool-calls-per-user", zone, first, oracle.toolCallsPerUser(FROM, TO, 1_000));
        assertSeries(caller, "daily-sessions", zone, first.plusDays(1), oracle.dailySessions(FROM, TO, 1_000));
        assertSeries(caller, "session-length", zone, first.plusDays(1), oracle.sessionLength(FROM, TO, 1_000));
        assertSeries(caller, "new-users", zone, null, oracle.newUsers(FROM, TO, 1_000, "day", DayOfWeek.MONDAY));
        assertCohorts(caller, oracle, zone, "exactly", first.minusDays(7));
        assertCohorts(caller, oracle, zone, "on_or_after", null);

        Map<String, Object> filter = Map.of("country", "DE,US");
        Oracle some =
                oracle.only(use -> List.of("DE", "US").contains(use.dimensions().get(1)));
        assertSeries(caller, "dau", filter, zone, first, some.activeUsers(FROM, TO, 1_000, 1));
        assertSeries(caller, "mau", filter, zone, first.plusDays(29), some.activeUsers(FROM, TO, 1_000, 30));
        assertSeries(caller, "daily-sessions", filter, zone, first.plusDays(1), some.dailySessions(FROM, TO, 1_000));
        assertSeries(caller, "new-users", filter, zone, null, some.newUsers(FROM, TO, 1_000, "day", DayOfWeek.MONDAY));
        assertWeeks(caller, oracle, zone, first);
        assertEarlierAreUnknown(caller, "dau", first.plusDays(1), zone, "value", true, true, false);
        // A cohort counts if its day of return is kept, which is 7 days later.
        assertEarlierAreUnknown(caller, "retention", first.minusDays(4), zone, "retained", false, false, false);
        assertEarlierAreUnknown(caller, "retention", first.minusDays(6), zone, "retained", true, true, false);

        Response power = get(caller, "power-users", window(zone, Map.of("threshold", 3)));
        assertEquals(first.toString(), power.header(HEADER));
        assertEquals(oracle.powerUsers(first, TO, 3), powerUsers(power));
        Response powerBefore = get(
                caller,
                "power-users",
                Map.of("from", "2026-03-01", "to", first.minusDays(1).toString(), "tz", zone.getId()));
        assertEquals("0 0 0", powerUsers(powerBefore));

        Response features = get(caller, "feature-adoption", window(zone, Map.of()));
        assertEquals(first.plusDays(1).toString(), features.header(HEADER));
        List<Map<String, Object>> used = numbers(features).getList("data");
        assertFalse(used.isEmpty());
        assertEquals(
                oracle.featureAdoption(first.plusDays(1), TO, 1_000),
                used.stream()
                        .map(feature -> feature.get("feature") + " " + feature.get("sessionsWithFeature") + " "
                                + feature.get("totalSessions") + " " + plain(feature.get("percentage")))
                        .toList());
    }

    private static void assertSeries(
            TestCaller caller, String metric, ZoneId zone, LocalDate since, List<String> allEvents) {
        assertSeries(caller, metric, Map.of(), zone, since, allEvents);
    }

    private static void assertSeries(
            TestCaller caller,
            String metric,
            Map<String, Object> more,
            ZoneId zone,
            LocalDate since,
            List<String> allEvents) {
        Response answer = get(caller, metric, window(zone, more));
        List<String> expected = allEvents.stream()
                .map(line -> since != null && day(line).isBefore(since) ? day(line) + " 0" : line)
                .toList();
        List<Map<String, Object>> data = numbers(answer).getList("data");
        assertEquals(
                expected,
                data.stream()
                        .map(point -> point.get("period") + " " + plain(point.get("value")))
                        .toList(),
                metric + " " + zone);
        assertSince(since, answer, metric + " " + zone);
    }

    /** Compares three days with the three before, and tells which of those have no value. */
    private static void assertEarlierAreUnknown(
            TestCaller caller, String metric, LocalDate from, ZoneId zone, String property, Boolean... unknown) {
        JsonPath answer = get(
                        caller,
                        metric,
                        Map.of(
                                "from", from.toString(),
                                "to", from.plusDays(2).toString(),
                                "tz", zone.getId(),
                                "compare", "previous"))
                .jsonPath();
        assertEquals(
                List.of(unknown),
                answer.<Object>getList("comparison.data." + property).stream()
                        .map(Objects::isNull)
                        .toList(),
                metric + " " + zone);
    }

    private static void assertCohorts(TestCaller caller, Oracle oracle, ZoneId zone, String mode, LocalDate since) {
        Response answer = get(caller, "retention", window(zone, Map.of("mode", mode)));
        List<Map<String, Object>> data = numbers(answer).getList("data");
        LocalDate today = NOW.atZone(zone).toLocalDate();
        assertEquals(
                oracle.retention(FROM, TO, 1_000, 7, mode.equals("on_or_after"), today).stream()
                        .filter(line -> since == null || !day(line).isBefore(since))
                        .toList(),
                data.stream()
                        .map(cohort ->
                                cohort.get("period") + " " + cohort.get("retained") + " " + cohort.get("cohortSize"))
                        .toList(),
                mode + " " + zone);
        assertSince(since, answer, mode + " " + zone);
    }

    /** Only weeks whose whole week of return is kept. */
    private static void assertWeeks(TestCaller caller, Oracle oracle, ZoneId zone, LocalDate first) {
        Response answer =
                get(caller, "retention", window(zone, Map.of("unit", "week", "days", 1, "week_start", "sunday")));
        LocalDate since =
                first.with(TemporalAdjusters.nextOrSame(DayOfWeek.SUNDAY)).minusWeeks(1);
        LocalDate today = NOW.atZone(zone).toLocalDate();
        List<Map<String, Object>> data = numbers(answer).getList("data");
        assertEquals(
                oracle.retentionOfPeriods(
                        FROM.isBefore(since) ? since : FROM, TO, 1_000, 1, false, today, "week", DayOfWeek.SUNDAY),
                data.stream()
                        .map(cohort ->
                                cohort.get("period") + " " + cohort.get("retained") + " " + cohort.get("cohortSize"))
                        .toList(),
                "weeks " + zone);
        assertSince(since, answer, "weeks " + zone);
    }

    private static void assertSince(LocalDate since, Response answer, String about) {
        if (since == null) {
            assertNull(answer.header(HEADER), about);
        } else {
            assertEquals(since.toString(), answer.header(HEADER), about);
        }
    }

    private static LocalDate firstWholeDay(ZoneId zone) {
        LocalDate day = LocalDate.of(2026, 3, 1);
        while (day.atStartOfDay(zone).toInstant().isBefore(BORDER)) {
            day = day.plusDays(1);
        }
        return day;
    }

    /** As the tables' TTL would. */
    private static void deleteBehindTheBorder(String organization) {
        Map<String, String> dayOf = Map.of(
                "events", "day",
                "activity_days", "day + 1",
                "activity_counts", "day",
                "user_groups", "toDate(last_use)");
        dayOf.forEach((table, day) -> Stores.execute(
                "ALTER TABLE %s DELETE WHERE organization_id = '%s' AND %s < '2026-03-22' SETTINGS mutations_sync = 2"
                        .formatted(table, organization, day)));
    }

    private static Map<String, Object> window(ZoneId zone, Map<String, Object> more) {
        return with(Map.of("from", FROM.toString(), "to", TO.toString(), "limit", 1_000, "tz", zone.getId()), more);
    }

    private static Response get(TestCaller caller, String metric, Map<String, ?> parameters) {
        return caller.withApiKey()
                .queryParams(parameters)
                .get("/v1/metrics/" + metric)
                .then()
                .log()
                .ifValidationFails()
                .statusCode(200)
                .extract()
                .response();
    }

    private static JsonPath numbers(Response answer) {
        return answer.jsonPath(
                JsonPathConfig.jsonPathConfig().numberReturnType(JsonPathConfig.NumberReturnType.BIG_DECIMAL));
    }

    private static String powerUsers(Response answer) {
        JsonPath power = numbers(answer);
        return power.get("totalUsers") + " " + power.get("powerUsers") + " " + plain(power.get("percentage"));
    }

    private static String plain(Object number) {
        return Oracle.plain(new BigDecimal(number.toString()));
    }

    private static LocalDate day(String line) {
        return LocalDate.parse(line.substring(0, line.indexOf(' ')));
    }
}
