package dev.quarry.metrics.oracle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.quarry.caller.Permissions;
import dev.quarry.metrics.gold.SmallStatements;
import dev.quarry.rollup.RollupException;
import dev.quarry.rollup.RollupJob;
import dev.quarry.schema.Eraser;
import dev.quarry.schema.Erasure;
import dev.quarry.schema.Erasure.Before;
import dev.quarry.schema.Erasure.Everything;
import dev.quarry.schema.Erasure.OfUser;
import dev.quarry.schema.Erasure.OneEvent;
import dev.quarry.schema.ExcludedUsers;
import dev.quarry.testing.ClockChange;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import dev.quarry.testing.TestEngine;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.path.json.config.JsonPathConfig;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every endpoint against {@link Oracle}, over random windows, zones and parameters, for several organisations whose events
 * come twice, late and out of order, with passes of the rollup job between the deliveries.
 */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class OracleTest {
    private static final long SEED = 20_260_301;
    private static final int QUESTIONS = 10;
    private static final int SLICES = 2;
    /** More periods than any window has. */
    private static final int EVERY = 100_000;

    private static final int ROUNDS = 7;
    private static final int DAYS_A_ROUND = 5;
    private static final String MARKER = "user_changes, at their end";
    private static final List<String> STOPS =
            List.of("user_changes", "users", "cohorts", "user_groups", MARKER, "activity_days", "activity_counts");
    private static final Instant NOW = Instant.parse("2026-04-20T09:00:00Z");
    private static final LocalDate FROM = LocalDate.of(2026, 2, 18);
    private static final List<DayOfWeek> WEEK_STARTS = List.of(DayOfWeek.MONDAY, DayOfWeek.SUNDAY, DayOfWeek.SATURDAY);
    private static final LocalDate TO = LocalDate.of(2026, 5, 2);
    private static final List<String> ZONES = List.of(
            "UTC",
            "UTC",
            "America/New_York",
            "Europe/Berlin",
            "Asia/Kolkata",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "Pacific/Chatham",
            "Pacific/Kiritimati",
            "Etc/UTC");

    /** One that is answered from narrow rows, and one that is not. */
    private static final List<String> EVERY_DAY = List.of("UTC", "Asia/Kathmandu");

    @Inject
    RollupJob job;

    @Inject
    TestClock clock;

    private final Random random = new Random(SEED);

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    @Test
    void everyEndpointEqualsARecomputation() {
        clock.setTo(NOW);
        Map<TestCaller, List<Use>> tenants =
                new TreeMap<>((a, b) -> a.organization().compareTo(b.organization()));
        int[] visits = {3_500, 1_500, 40};
        for (int tenant = 0; tenant < visits.length; tenant++) {
            tenants.put(
                    TestCaller.create(Permissions.METRICS_READ),
                    RandomUses.of(SEED + tenant, 10 + visits[tenant] / 20, visits[tenant]));
        }
        deliver(tenants);
        tenants.forEach(this::check);
    }

    /** As if days had so many events that a statement cannot rebuild more than a few of them. */
    @Test
    void everyEndpointEqualsARecomputationIfStatementsAreSmall() {
        SmallStatements.use(200);
        clock.setTo(NOW);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        List<Use> uses = RandomUses.of(SEED + 30, 20, 400);
        deliver(Map.of(caller, uses));
        check(caller, uses);
    }

    @Test
    void everyEndpointFollowsClockChanges() {
        clock.setTo(NOW);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        List<Use> uses = new ArrayList<>();
        for (ClockChange change : ClockChange.sample()) {
            uses.addAll(RandomUses.at(change.toString(), change.moments()));
        }
        Stores.insert(
                "events",
                uses.stream().map(use -> use.row(caller.organization())).toList());
        job.run();

        for (ClockChange change : ClockChange.sample()) {
            Oracle oracle = new Oracle(uses, change.zone());
            LocalDate from = change.day().minusDays(1 + random.nextInt(3));
            LocalDate to = change.day().plusDays(1 + random.nextInt(3));
            ask(caller, oracle, from, to, 1 + random.nextInt(7), change.zone().getId());
        }
        Stores.empty();
    }

    @Test
    void acceptsEveryTimeZone() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        for (ZoneId zone : ClockChange.distinctZones()) {
            JsonPath answer =
                    get(caller, "tool-calls", Map.of("from", "2010-11-06", "to", "2010-11-08", "tz", zone.getId()));
            assertEquals(3, answer.getList("data").size(), zone.getId());
        }
    }

    /** Long before there were events: an answer of zeros, or a refusal where gold could not tell. */
    @ParameterizedTest
    @CsvSource({
        "Pacific/Kwajalein, 1993-08-19, 1993-08-23, 200",
        "Asia/Tokyo,        1970-01-01, 1970-01-05, 200",
        "Asia/Tokyo,        1970-01-01, 2099-12-31, 200",
        "Pacific/Apia,      2011-12-29, 2011-12-29, 200",
        "Pacific/Apia,      2011-12-30, 2011-12-30, 400",
        "Africa/Monrovia,   1972-01-07, 1972-01-09, 400",
        "Africa/Monrovia,   1972-01-20, 1972-01-21, 400",
        "Africa/Monrovia,   1972-02-20, 1972-02-21, 200",
        "Pacific/Kiritimati, 1979-09-28, 1979-10-03, 400",
    })
    void noWindowFails(String zone, String from, String to, int status) {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        for (String question : List.of(
                "dau?",
                "wau?",
                "mau?",
                "new-users?",
                "new-users?granularity=week&",
                "new-users?granularity=month&",
                "retention?days=1&",
                "retention?days=1&mode=on_or_after&",
                "tool-calls?",
                "tool-calls-per-user?",
                "daily-sessions?",
                "session-length?",
                "power-users?",
                "feature-adoption?")) {
            caller.withApiKey()
                    .get("/v1/metrics/" + question + "limit=1000&from=" + from + "&to=" + to + "&tz=" + zone)
                    .then()
                    .log()
                    .ifValidationFails()
                    .statusCode(status);
        }
    }

    /** The newest day is one that the zone has. */
    @Test
    void limitDoesNotCountDaysThatTheZoneOmits() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        JsonPath answer =
                get(caller, "dau", Map.of("from", "2011-12-20", "to", "2011-12-30", "limit", 1, "tz", "Pacific/Apia"));
        assertEquals(List.of("2011-12-29"), answer.getList("data.period"));
    }

    /** The published document has the parameter for power users too, but their answer has no periods. */
    @Test
    void limitDoesNotCutTheWindowOfPowerUsers() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        List<Use> uses = RandomUses.at(
                "limited", List.of(Instant.parse("2001-02-03T12:00:00Z"), Instant.parse("2001-02-04T12:00:00Z")));
        Stores.insert(
                "events",
                uses.stream().map(use -> use.row(caller.organization())).toList());
        job.run();
        Map<String, Object> window = Map.of("from", "2001-02-03", "to", "2001-02-04", "limit", 1);

        assertEquals(2, get(caller, "power-users", window).getInt("totalUsers"));
        assertEquals(1, get(caller, "dau", window).getList("data").size());
    }

    /** Its first hours lie in 1969 of UTC. */
    @Test
    void windowBefore1970IsCounted() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        List<Use> uses = RandomUses.at("early", List.of(Instant.parse("2001-02-03T04:05:06.789Z")));
        Stores.insert(
                "events",
                uses.stream().map(use -> use.row(caller.organization())).toList());
        job.run();
        Map<String, Object> window = Map.of("from", "1970-01-01", "to", "2002-01-01", "tz", "Asia/Tokyo");

        assertEquals(1, get(caller, "power-users", window).getInt("totalUsers"));
        assertEquals(1, get(caller, "feature-adoption", window).getInt("data[0].totalSessions"));
    }

    /** In shuffled batches of all tenants, a twentieth of them twice; the last ones mend what earlier passes saw. */
    private void deliver(Map<TestCaller, List<Use>> tenants) {
        List<Map<String, Object>> rows = new ArrayList<>();
        tenants.forEach((caller, uses) -> uses.forEach(use -> {
            rows.add(use.row(caller.organization()));
            if (random.nextInt(20) == 0) {
                rows.add(use.row(caller.organization()));
            }
        }));
        Collections.shuffle(rows, random);
        int[] ends = {rows.size() / 2, rows.size() - 700, rows.size() - 300, rows.size()};
        int start = 0;
        for (int end : ends) {
            Stores.insert("events", rows.subList(start, end));
            job.run();
            start = end;
        }
        Stores.insert("events", rows.subList(0, 100));
        job.run();
    }

    /**
     * Events that come late, are delivered again with other columns, or are deleted; and passes that are killed before
     * one of their writes, after which the history goes on before the next pass.
     */
    @Test
    void everyEndpointFollowsChangedEvents() {
        assumeFalse(TestEngine.isCluster());
        clock.setTo(NOW);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        List<Use> all = new ArrayList<>(RandomUses.of(SEED + 10, 12, 250));
        Collections.shuffle(all, random);
        Map<UUID, Use> uses = new TreeMap<>();
        insert(caller, uses, all.subList(0, all.size() / 2));
        job.run();
        List<Use> pending = new ArrayList<>(all.subList(all.size() / 2, all.size()));
        List<Use> counted = List.copyOf(uses.values());
        for (int round = 0; round < ROUNDS; round++) {
            Set<Instant> days = someDays();
            List<Use> arrivals = new ArrayList<>(
                    pending.stream().filter(use -> days.contains(use.day())).toList());
            pending.removeAll(arrivals);
            // A new user, so that every table has something to write.
            arrivals.add(new Use(
                    UUID.randomUUID(),
                    days.iterator().next(),
                    "newcomer " + round,
                    "",
                    true,
                    "",
                    List.of("", "", "", "", "", "")));
            change(caller, uses, arrivals, days);
            String stop = STOPS.get(round % STOPS.size());
            stopWriting(caller, stop);
            assertThrows(RollupException.class, job::run, stop);
            String zone = ZONES.get(round % ZONES.size());
            if (stop.equals("activity_days")) {
                // All numbers of the days' rows change at once, at the end of a pass.
                askDays(caller, new Oracle(counted, ZoneId.of(zone)), FROM, TO, 1_000, zone);
            }
            if (stop.equals("activity_counts")) {
                askDays(caller, new Oracle(counted, ZoneOffset.UTC), FROM, TO, 1_000, "UTC");
            }
            if (random.nextBoolean()) {
                change(caller, uses, List.of(), days);
            }
            letWrite(stop);
            // Buckets that could not be rebuilt were set aside for a while.
            clock.setTo(NOW.plus(Duration.ofMinutes(6)));
            job.run();
            clock.setTo(NOW);

            counted = List.copyOf(uses.values());
            Oracle oracle = new Oracle(counted, ZoneId.of(zone));
            ask(caller, oracle, FROM, TO, 1_000, zone);
            checkGroups(caller, oracle);
        }
    }

    @Test
    void everyEndpointOmitsErasedEvents() {
        clock.setTo(NOW);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);
        List<Use> uses = new ArrayList<>(RandomUses.of(SEED + 20, 12, 250));
        List<Use> others = List.copyOf(uses);
        deliver(Map.of(caller, uses, other, others));

        Use any = any(uses);
        erase(caller, new OneEvent(any.id()), uses, use -> use.id().equals(any.id()));
        erase(caller, new OfUser(any.user()), uses, use -> use.user().equals(any.user()));
        LocalDate border = LocalDate.of(2026, 3, 10);
        Instant start = border.atStartOfDay(ZoneOffset.UTC).toInstant();
        erase(caller, new Before(border), uses, use -> use.time().isBefore(start));
        erase(caller, new Everything(), uses, use -> true);
        checkEveryDay(other, others);
    }

    /**
     * Staff and bots are excluded from a day on or on all days, and are taken back in, while the rest of the events
     * arrives. Another organisation has the same users and excludes nobody.
     */
    @Test
    void everyEndpointOmitsExcludedUsers() {
        clock.setTo(NOW);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);
        List<Use> all = new ArrayList<>(RandomUses.of(SEED + 30, 12, 250));
        Collections.shuffle(all, random);
        Map<UUID, Use> uses = new TreeMap<>();
        insert(other, new TreeMap<>(), all);
        insert(caller, uses, all.subList(0, all.size() / 2));
        job.run();
        Exclusions exclusions = new Exclusions(caller);

        LocalDate spring = RandomUses.FIRST
                .plus(Duration.ofDays(25))
                .atZone(ZoneOffset.UTC)
                .toLocalDate();
        exclusions.add(List.of("robot", "user 0", "user 1"), spring);
        checkCounted(caller, exclusions, uses);
        insert(caller, uses, all.subList(all.size() / 2, all.size()));
        checkCounted(caller, exclusions, uses);
        exclusions.add(List.of("display", "user 1", "user 2", "nobody"), Exclusions.FIRST);
        checkCounted(caller, exclusions, uses);
        exclusions.remove(List.of("robot", "user 1", "user 2", "user 3"), spring.plusDays(3));
        checkCounted(caller, exclusions, uses);
        exclusions.add(List.of("user 1", "user 2"), spring.plusDays(10));
        giveToOthers(caller, uses);
        checkCounted(caller, exclusions, uses);
        exclusions.remove(List.of("user 0", "user 1"), Exclusions.FIRST);
        checkCounted(caller, exclusions, uses);
        exclusions.add(
                uses.values().stream()
                        .map(Use::user)
                        .filter(user -> !user.isEmpty())
                        .toList(),
                Exclusions.FIRST);
        checkCounted(caller, exclusions, uses);
        exclusions.remove(exclusions.users(), Exclusions.FIRST);
        checkCounted(caller, exclusions, uses);
        checkEveryDay(caller, List.copyOf(uses.values()));
        checkEveryDay(other, all);
    }

    /** Delivers some events again, for other users. */
    private void giveToOthers(TestCaller caller, Map<UUID, Use> uses) {
        List<Use> known = List.copyOf(uses.values());
        Map<UUID, Use> corrections = new TreeMap<>();
        for (int count = 0; count < 100; count++) {
            Use corrected = any(known).corrected(any(known), 0);
            corrections.put(corrected.id(), corrected);
        }
        insert(caller, uses, corrections.values());
    }

    private void checkCounted(TestCaller caller, Exclusions exclusions, Map<UUID, Use> uses) {
        job.run();
        List<Use> counted = uses.values().stream().filter(exclusions::counts).toList();
        checkEveryDay(caller, counted, any(EVERY_DAY));
    }

    /** The days of each user that do not count, one by one. */
    private static final class Exclusions {
        static final LocalDate FIRST = LocalDate.of(2026, 2, 1);
        private static final LocalDate LAST = LocalDate.of(2026, 6, 1);

        private final TestCaller caller;
        private final Map<String, Set<LocalDate>> days = new TreeMap<>();

        Exclusions(TestCaller caller) {
            this.caller = caller;
        }

        void add(List<String> users, LocalDate since) {
            users.forEach(user -> days.computeIfAbsent(user, _ -> new HashSet<>())
                    .addAll(since.datesUntil(LAST).toList()));
            try (ExcludedUsers excluded = Stores.excludedUsers(caller.organization())) {
                excluded.exclude(users, since.equals(FIRST) ? ExcludedUsers.BEGINNING : since);
            }
        }

        void remove(List<String> users, LocalDate since) {
            users.forEach(
                    user -> days.computeIfAbsent(user, _ -> new HashSet<>()).removeIf(day -> !day.isBefore(since)));
            try (ExcludedUsers excluded = Stores.excludedUsers(caller.organization())) {
                excluded.include(users, since.equals(FIRST) ? ExcludedUsers.BEGINNING : since);
            }
        }

        List<String> users() {
            return List.copyOf(days.keySet());
        }

        boolean counts(Use use) {
            LocalDate day = use.time().atZone(ZoneOffset.UTC).toLocalDate();
            return !days.getOrDefault(use.user(), Set.of()).contains(day);
        }
    }

    private void erase(TestCaller caller, Erasure.Subject subject, List<Use> uses, Predicate<Use> erased) {
        try (Eraser eraser = Stores.eraser(caller.organization(), subject)) {
            assertEquals(
                    Map.of(
                            "events",
                            uses.stream().filter(erased).map(Use::id).distinct().count()),
                    eraser.delete());
            job.run();
            assertEquals(0, eraser.rebuilding());
            eraser.finish();
            Rollups.readProgress();
        }
        uses.removeIf(erased);
        checkEveryDay(caller, uses);
    }

    /** Few, because a pass that fails tries each of its days alone. */
    private Set<Instant> someDays() {
        Set<Instant> days = new LinkedHashSet<>();
        while (days.size() < DAYS_A_ROUND) {
            days.add(RandomUses.FIRST.plus(Duration.ofDays(random.nextInt(RandomUses.DAYS))));
        }
        return days;
    }

    /** Delivers events, and of the days' known events, some with something changed; deletes others. */
    private void change(TestCaller caller, Map<UUID, Use> uses, List<Use> arrivals, Set<Instant> days) {
        List<Use> known =
                uses.values().stream().filter(use -> days.contains(use.day())).toList();
        Map<UUID, Use> corrections = new TreeMap<>();
        for (int count = known.isEmpty() ? 0 : 15; count > 0; count--) {
            Use corrected = any(known).corrected(any(known), random.nextInt(5));
            corrections.put(corrected.id(), corrected);
        }
        insert(caller, uses, arrivals);
        insert(caller, uses, corrections.values());
        Set<Use> gone = new HashSet<>();
        for (int deletions = known.isEmpty() ? 0 : random.nextInt(12); deletions > 0; deletions--) {
            gone.add(uses.get(any(known).id()));
        }
        if (!known.isEmpty() && random.nextInt(3) == 0) {
            Use victim = any(known);
            uses.values().stream()
                    .filter(
                            random.nextBoolean()
                                    ? use -> use.user().equals(victim.user())
                                    : use -> use.day().equals(victim.day()))
                    .forEach(gone::add);
        }
        delete(caller, gone);
        gone.forEach(use -> uses.remove(use.id()));
    }

    private static void insert(TestCaller caller, Map<UUID, Use> uses, Collection<Use> batch) {
        if (!batch.isEmpty()) {
            Stores.insert(
                    "events",
                    batch.stream().map(use -> use.row(caller.organization())).toList());
        }
        batch.forEach(use -> uses.put(use.id(), use));
    }

    /** As erasing does it: the rows go, and their days are marked. */
    private static void delete(TestCaller caller, Collection<Use> gone) {
        if (gone.isEmpty()) {
            return;
        }
        String organization = "'" + caller.organization() + "'";
        Stores.execute("DELETE FROM events WHERE organization_id = " + organization + " AND event_id IN ("
                + gone.stream().map(use -> "'" + use.id() + "'").collect(Collectors.joining(",")) + ")");
        Stores.execute("INSERT INTO event_marks (organization_id, bucket) SELECT " + organization
                + ", arrayJoin(["
                + gone.stream()
                        .map(use -> "toDateTime(" + use.day().getEpochSecond() + ", 'UTC')")
                        .distinct()
                        .collect(Collectors.joining(","))
                + "])");
    }

    /** Points to kill a rebuild: before each table that it writes, and before it records that the users are done. */
    private static void stopWriting(TestCaller caller, String stop) {
        Stores.execute("ALTER TABLE %s ADD CONSTRAINT stop CHECK organization_id != '%s'%s"
                .formatted(table(stop), caller.organization(), stop.equals(MARKER) ? " OR user_id != ''" : ""));
    }

    private static void letWrite(String stop) {
        Stores.execute("ALTER TABLE %s DROP CONSTRAINT stop".formatted(table(stop)));
    }

    private static String table(String stop) {
        return stop.equals(MARKER) ? "user_changes" : stop;
    }

    private <T> T any(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private void checkEveryDay(TestCaller caller, List<Use> uses) {
        EVERY_DAY.forEach(zone -> checkEveryDay(caller, uses, zone));
    }

    private void checkEveryDay(TestCaller caller, List<Use> uses, String zone) {
        Oracle oracle = new Oracle(uses, ZoneId.of(zone));
        ask(caller, oracle, FROM, TO, 1_000, zone);
        checkGroups(caller, oracle);
    }

    private void check(TestCaller caller, List<Use> uses) {
        Map<String, Oracle> oracles = new TreeMap<>();
        for (int question = 0; question < QUESTIONS; question++) {
            String zone = ZONES.get(question % ZONES.size());
            Oracle oracle = oracles.computeIfAbsent(zone, name -> new Oracle(uses, ZoneId.of(name)));
            LocalDate from = LocalDate.of(2026, 2, 10).plusDays(random.nextInt(80));
            LocalDate to = from.plusDays(random.nextInt(random.nextBoolean() ? 5 : 90));
            int limit = random.nextInt(3) == 0 ? 1 + random.nextInt(20) : 1_000;
            ask(caller, oracle, from, to, limit, zone);
        }
        checkGroups(caller, new Oracle(uses, ZoneId.of("UTC")));
    }

    private static void checkGroups(TestCaller caller, Oracle oracle) {
        for (String dimension : Use.DIMENSIONS) {
            JsonPath answer = get(caller, "users-by", Map.of("dimension", dimension));
            List<Map<String, Object>> data = answer.getList("data");
            assertEquals(
                    oracle.usersBy(dimension),
                    data.stream()
                            .map(group -> group.get("key") + " " + group.get("count"))
                            .toList(),
                    dimension);
        }
    }

    /** A request whose answer can be filtered and grouped. */
    private record Sliceable(
            String metric,
            Map<String, Object> more,
            Function<Oracle, List<String>> data,
            ToLongFunction<Oracle> size,
            Function<List<Map<String, Object>>, List<String>> lines) {}

    private record Choice(DayOfWeek weekStart, int days, int count, boolean orAfter) {}

    private static List<Sliceable> sliceables(LocalDate from, LocalDate to, int limit, String zone, Choice choice) {
        Function<List<Map<String, Object>>, List<String>> points = OracleTest::points;
        ToLongFunction<Oracle> sessions = oracle -> sum(oracle.dailySessions(from, to, limit), 1);
        DayOfWeek weekStart = choice.weekStart();
        LocalDate today = ClockChange.dayOf(NOW, ZoneId.of(zone));
        int days = choice.days();
        boolean orAfter = choice.orAfter();
        Function<Oracle, List<String>> retention = oracle -> oracle.retention(from, to, limit, days, orAfter, today);
        int count = choice.count();
        Function<Oracle, List<String>> weekly =
                oracle -> oracle.retentionOfPeriods(from, to, limit, count, orAfter, today, "week", weekStart);
        Map<String, Object> mode = Map.of("mode", orAfter ? "on_or_after" : "exactly");
        return List.of(
                new Sliceable(
                        "dau",
                        Map.of(),
                        oracle -> oracle.activeUsers(from, to, limit, 1),
                        oracle -> oracle.users(from, to, limit, 1),
                        points),
                new Sliceable(
                        "wau",
                        Map.of(),
                        oracle -> oracle.activeUsers(from, to, limit, 7),
                        oracle -> oracle.users(from, to, limit, 7),
                        points),
                new Sliceable(
                        "mau",
                        Map.of(),
                        oracle -> oracle.activeUsers(from, to, limit, 30),
                        oracle -> oracle.users(from, to, limit, 30),
                        points),
                new Sliceable(
                        "tool-calls",
                        Map.of(),
                        oracle -> oracle.toolCalls(from, to, limit),
                        oracle -> sum(oracle.toolCalls(from, to, limit), 1),
                        points),
                new Sliceable(
                        "tool-calls-per-user",
                        Map.of(),
                        oracle -> oracle.toolCallsPerUser(from, to, limit),
                        oracle -> oracle.users(from, to, limit, 1),
                        points),
                new Sliceable(
                        "daily-sessions", Map.of(), oracle -> oracle.dailySessions(from, to, limit), sessions, points),
                new Sliceable(
                        "session-length", Map.of(), oracle -> oracle.sessionLength(from, to, limit), sessions, points),
                new Sliceable(
                        "session-length",
                        Map.of("statistic", "p90"),
                        oracle -> oracle.sessionLengthPercentile(from, to, limit, 90),
                        sessions,
                        points),
                new Sliceable(
                        "new-users",
                        weeks(Map.of("granularity", "week"), weekStart),
                        oracle -> oracle.newUsers(from, to, limit, "week", weekStart),
                        oracle -> sum(oracle.newUsers(from, to, limit, "week", weekStart), 1),
                        points),
                new Sliceable(
                        "retention",
                        with(mode, "days", days),
                        retention,
                        oracle -> sum(retention.apply(oracle), 2),
                        OracleTest::cohorts),
                new Sliceable(
                        "retention",
                        weeks(with(with(mode, "days", count), "unit", "week"), weekStart),
                        weekly,
                        oracle -> sum(weekly.apply(oracle), 2),
                        OracleTest::cohorts));
    }

    private static long sum(List<String> lines, int column) {
        return lines.stream()
                .mapToLong(line -> Long.parseLong(line.split(" ", -1)[column]))
                .sum();
    }

    /** Some of the filterable endpoints, with random filters and groups. */
    private void askSlices(TestCaller caller, Oracle oracle, LocalDate from, LocalDate to, int limit, String zone) {
        Map<String, Object> window = Map.of("from", from.toString(), "to", to.toString(), "limit", limit, "tz", zone);
        Choice choice =
                new Choice(any(WEEK_STARTS), 1 + random.nextInt(10), 1 + random.nextInt(4), random.nextBoolean());
        List<Sliceable> sliceables = sliceables(from, to, limit, zone, choice);
        for (int question = 0; question < SLICES; question++) {
            int place = random.nextInt(sliceables.size());
            Sliceable sliceable = sliceables.get(place);
            Map<String, Object> asked = new TreeMap<>(window);
            asked.putAll(sliceable.more());
            Predicate<Use> wanted = use -> true;
            for (int filter = random.nextInt(3); filter > 0; filter--) {
                int dimension = random.nextInt(Use.DIMENSIONS.size());
                if (asked.containsKey(Use.DIMENSIONS.get(dimension))) {
                    continue;
                }
                List<String> values = Stream.generate(() -> any(RandomUses.values(dimension)))
                        .limit(1 + random.nextInt(2))
                        .toList();
                // Repeated, or with commas.
                asked.put(Use.DIMENSIONS.get(dimension), random.nextBoolean() ? values : String.join(",", values));
                wanted = wanted.and(use -> values.contains(use.dimensions().get(dimension)));
            }
            int by = random.nextInt(Use.DIMENSIONS.size());
            int most = 1 + random.nextInt(3);
            asked.put("by", Use.DIMENSIONS.get(by));
            asked.put("groups", most);
            check(get(caller, sliceable.metric(), asked), sliceable, oracle, wanted, by, most, asked.toString());
            asked.remove("by");
            boolean isYear = random.nextBoolean();
            asked.put("compare", isYear ? "year" : "previous");
            JsonPath answer = get(caller, sliceable.metric(), asked);
            assertEquals(
                    sliceable.data().apply(oracle.only(wanted)),
                    sliceable.lines().apply(answer.getList("data")),
                    sliceable.metric() + asked);
            LocalDate first = isYear ? from.minusYears(1) : from.minusDays(ChronoUnit.DAYS.between(from, to) + 1);
            if (sliceable.more().containsValue("week")) {
                first = from.minusWeeks(isYear ? 52 : weeks(from, to, choice.weekStart()));
            }
            LocalDate last = first.plusDays(ChronoUnit.DAYS.between(from, to));
            // The newest periods are shown, of those that are over: count the place of the first one from the end.
            int shown = answer.getList("data").size();
            int skipped = sliceables(from, to, EVERY, zone, choice)
                            .get(place)
                            .data()
                            .apply(oracle)
                            .size()
                    - shown;
            Function<Oracle, List<String>> allBefore =
                    sliceables(first, last, EVERY, zone, choice).get(place).data();
            Function<Oracle, List<String>> dataBefore =
                    some -> allBefore.apply(some).stream().skip(skipped).toList();
            checkComparison(answer, "", sliceable, dataBefore.apply(oracle.only(wanted)), asked.toString());
            asked.put("by", Use.DIMENSIONS.get(by));
            JsonPath both = get(caller, sliceable.metric(), asked);
            check(both, sliceable, oracle, wanted, by, most, asked.toString());
            List<String> keys = both.getList("groups.key");
            for (int group = 0; group < keys.size(); group++) {
                String key = keys.get(group);
                Predicate<Use> ofGroup =
                        wanted.and(use -> use.dimensions().get(by).equals(key));
                checkComparison(
                        both,
                        "groups[" + group + "].",
                        sliceable,
                        dataBefore.apply(oracle.only(ofGroup)),
                        key + " of " + asked);
            }
        }
    }

    /** How many weeks have any of these days. */
    private static long weeks(LocalDate from, LocalDate to, DayOfWeek weekStart) {
        return from.datesUntil(to.plusDays(1))
                .filter(day -> day.equals(from) || day.getDayOfWeek() == weekStart)
                .count();
    }

    /** Points pair by place; the change is a percentage of the earlier value, or of the earlier share that returned. */
    private static void checkComparison(
            JsonPath answer, String prefix, Sliceable sliceable, List<String> earlier, String asked) {
        String name = sliceable.metric() + " " + asked;
        List<String> series = sliceable.lines().apply(answer.getList(prefix + "data"));
        List<Map<String, Object>> compared = answer.getList(prefix + "comparison.data");
        assertEquals(series.size(), compared.size(), name);
        for (int place = 0; place < series.size(); place++) {
            Map<String, Object> point = compared.get(place);
            if (place >= earlier.size()) {
                assertTrue(point.values().stream().allMatch(Objects::isNull), name + point);
                continue;
            }
            assertEquals(
                    earlier.get(place), sliceable.lines().apply(List.of(point)).getFirst(), name);
            assertEquals(
                    change(series.get(place), earlier.get(place)),
                    plainOrNull(point.get("change")),
                    name + " at " + series.get(place));
        }
    }

    /** Null if there is no earlier value or share, or no present share. */
    private static String change(String now, String before) {
        Share present = Share.of(now);
        Share earlier = Share.of(before);
        BigDecimal base = earlier.part().multiply(present.whole());
        return base.signum() == 0
                ? null
                : Oracle.plain(present.part()
                        .multiply(earlier.whole())
                        .subtract(base)
                        .movePointRight(2)
                        .divide(base, 2, RoundingMode.HALF_UP));
    }

    /** The users of a cohort who returned, of all its users; or a value of 1. */
    private record Share(BigDecimal part, BigDecimal whole) {
        static Share of(String line) {
            String[] columns = line.split(" ", -1);
            return new Share(
                    new BigDecimal(columns[1]), columns.length == 2 ? BigDecimal.ONE : new BigDecimal(columns[2]));
        }
    }

    private static String plainOrNull(Object number) {
        return number == null ? null : plain(number);
    }

    private static void check(
            JsonPath answer,
            Sliceable sliceable,
            Oracle oracle,
            Predicate<Use> wanted,
            int by,
            int most,
            String asked) {
        String name = sliceable.metric() + " " + asked;
        assertEquals(
                sliceable.data().apply(oracle.only(wanted)), sliceable.lines().apply(answer.getList("data")), name);
        Map<String, Long> sizes = new TreeMap<>();
        for (String value : oracle.values(wanted, by)) {
            Predicate<Use> ofGroup = wanted.and(use -> use.dimensions().get(by).equals(value));
            long size = sliceable.size().applyAsLong(oracle.only(ofGroup));
            if (size > 0) {
                sizes.put(value, size);
            }
        }
        List<String> largest = sizes.keySet().stream()
                .sorted(Comparator.<String>comparingLong(value -> -sizes.get(value))
                        .thenComparing(Comparator.naturalOrder()))
                .limit(most)
                .toList();
        List<Map<String, Object>> groups = answer.getList("groups");
        assertEquals(largest, groups.stream().map(group -> group.get("key")).toList(), name);
        for (int place = 0; place < largest.size(); place++) {
            String value = largest.get(place);
            Predicate<Use> ofGroup = wanted.and(use -> use.dimensions().get(by).equals(value));
            assertEquals(
                    sliceable.data().apply(oracle.only(ofGroup)),
                    sliceable.lines().apply(answer.getList("groups[" + place + "].data")),
                    value + " of " + name);
        }
        int omitted = sizes.size() - largest.size();
        assertEquals(omitted == 0 ? null : omitted, answer.get("rest.groups"), name);
        if (omitted > 0) {
            Predicate<Use> ofRest =
                    wanted.and(use -> !largest.contains(use.dimensions().get(by)));
            assertEquals(
                    sliceable.data().apply(oracle.only(ofRest)),
                    sliceable.lines().apply(answer.getList("rest.data")),
                    "rest of " + name);
        }
    }

    private void ask(TestCaller caller, Oracle oracle, LocalDate from, LocalDate to, int limit, String zone) {
        askDays(caller, oracle, from, to, limit, zone);
        askSlices(caller, oracle, from, to, limit, zone);
        Map<String, Object> window = Map.of("from", from.toString(), "to", to.toString(), "limit", limit, "tz", zone);
        for (String granularity : List.of("day", "week", "month")) {
            DayOfWeek weekStart = any(WEEK_STARTS);
            Map<String, Object> asked = weeks(with(window, "granularity", granularity), weekStart);
            assertEquals(
                    oracle.newUsers(from, to, limit, granularity, weekStart),
                    series(caller, "new-users", asked),
                    "new " + asked);
        }
        LocalDate today = ClockChange.dayOf(NOW, ZoneId.of(zone));
        for (String mode : List.of("exactly", "on_or_after")) {
            int days = 1 + random.nextInt(15);
            Map<String, Object> asked = with(with(window, "days", days), "mode", mode);
            assertEquals(
                    oracle.retention(from, to, limit, days, mode.equals("on_or_after"), today),
                    cohorts(get(caller, "retention", asked)),
                    "retention " + asked);
        }
        for (String unit : List.of("week", "month")) {
            boolean orAfter = random.nextBoolean();
            int count = 1 + random.nextInt(unit.equals("week") ? 5 : 2);
            DayOfWeek weekStart = any(WEEK_STARTS);
            Map<String, Object> asked = weeks(with(with(window, "days", count), "unit", unit), weekStart);
            asked.put("mode", orAfter ? "on_or_after" : "exactly");
            JsonPath answer = get(caller, "retention", asked);
            assertEquals(unit, answer.getString("unit"));
            assertEquals(
                    oracle.retentionOfPeriods(from, to, limit, count, orAfter, today, unit, weekStart),
                    cohorts(answer),
                    "retention " + asked);
        }
        for (int percent : List.of(50, 90)) {
            assertEquals(
                    oracle.sessionLengthPercentile(from, to, limit, percent),
                    series(caller, "session-length", with(window, "statistic", "p" + percent)),
                    "p" + percent + " " + window);
        }
        int threshold = 1 + random.nextInt(12);
        JsonPath power = get(caller, "power-users", with(window, "threshold", threshold));
        assertEquals(
                oracle.powerUsers(from, to, threshold),
                power.get("totalUsers") + " " + power.get("powerUsers") + " " + plain(power.get("percentage")),
                "power users " + window);
    }

    /** Monday is the default. */
    private static Map<String, Object> weeks(Map<String, Object> asked, DayOfWeek weekStart) {
        return weekStart == DayOfWeek.MONDAY
                ? new TreeMap<>(asked)
                : with(asked, "week_start", weekStart.name().toLowerCase(Locale.ROOT));
    }

    private static List<String> cohorts(JsonPath answer) {
        return cohorts(answer.<Map<String, Object>>getList("data"));
    }

    private static List<String> cohorts(List<Map<String, Object>> data) {
        return data.stream()
                .map(cohort -> cohort.get("period") + " " + cohort.get("retained") + " " + cohort.get("cohortSize"))
                .toList();
    }

    /** The requests that read only the rows of days. */
    private static void askDays(
            TestCaller caller, Oracle oracle, LocalDate from, LocalDate to, int limit, String zone) {
        Map<String, Object> window = Map.of("from", from.toString(), "to", to.toString(), "limit", limit, "tz", zone);
        assertEquals(oracle.activeUsers(from, to, limit, 1), series(caller, "dau", window), "dau " + window);
        assertEquals(oracle.activeUsers(from, to, limit, 7), series(caller, "wau", window), "wau " + window);
        assertEquals(oracle.activeUsers(from, to, limit, 30), series(caller, "mau", window), "mau " + window);
        assertEquals(oracle.toolCalls(from, to, limit), series(caller, "tool-calls", window), "calls " + window);
        assertEquals(
                oracle.toolCallsPerUser(from, to, limit),
                series(caller, "tool-calls-per-user", window),
                "calls per user " + window);
        assertEquals(
                oracle.dailySessions(from, to, limit), series(caller, "daily-sessions", window), "sessions " + window);
        assertEquals(
                oracle.sessionLength(from, to, limit), series(caller, "session-length", window), "length " + window);
        List<Map<String, Object>> features =
                get(caller, "feature-adoption", window).getList("data");
        assertEquals(
                oracle.featureAdoption(from, to, limit),
                features.stream()
                        .map(feature -> feature.get("feature") + " " + feature.get("sessionsWithFeature") + " "
                                + feature.get("totalSessions") + " " + plain(feature.get("percentage")))
                        .toList(),
                "features " + window);
    }

    private static List<String> series(TestCaller caller, String metric, Map<String, Object> parameters) {
        return points(get(caller, metric, parameters).getList("data"));
    }

    private static List<String> points(List<Map<String, Object>> data) {
        return data.stream()
                .map(point -> point.get("period") + " " + plain(point.get("value")))
                .toList();
    }

    private static JsonPath get(TestCaller caller, String metric, Map<String, ?> parameters) {
        return caller.withApiKey()
                .queryParams(parameters)
                .get("/v1/metrics/" + metric)
                .then()
                .log()
                .ifValidationFails()
                .statusCode(200)
                .extract()
                .jsonPath(
                        JsonPathConfig.jsonPathConfig().numberReturnType(JsonPathConfig.NumberReturnType.BIG_DECIMAL));
    }

    private static String plain(Object number) {
        return Oracle.plain(new BigDecimal(number.toString()));
    }

    private static Map<String, Object> with(Map<String, Object> parameters, String name, Object value) {
        Map<String, Object> more = new TreeMap<>(parameters);
        more.put(name, value);
        return more;
    }
}
