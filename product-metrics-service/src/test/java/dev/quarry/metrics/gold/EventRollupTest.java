package dev.quarry.metrics.gold;

import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.metrics.Events;
import dev.quarry.rollup.RollupException;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import dev.quarry.testing.TestEngine;
import dev.quarry.testing.Verified;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class EventRollupTest extends GoldFixture {

    @Inject
    TestClock clock;

    @AfterEach
    void theEngineRuns() {
        TestEngine.restart();
    }

    @Test
    void lateEventMovesTheFirstDayOfAUser() {
        Events.of(caller).toolCall("1", "2026-03-03 10:00:00.000", "anna").deliver();
        job.run();
        expect("new-users", List.of(0, 0, 1));

        Events.of(caller).toolCall("2", "2026-03-01 10:00:00.000", "anna").deliver();
        job.run();
        expect("new-users", List.of(1, 0, 0));
    }

    @Test
    void lateEventJoinsSessionsAcrossMidnight() {
        Events.of(caller)
                .toolCall("1", "2026-03-01 23:35:00.000", "anna")
                .toolCall("2", "2026-03-02 00:20:00.000", "anna")
                .deliver();
        job.run();
        expect("daily-sessions", List.of(1, 1, 0));
        expect("session-length", List.of(0.0f, 0.0f, 0));

        Events.of(caller).toolCall("3", "2026-03-02 00:00:00.000", "anna").deliver();
        job.run();
        expect("daily-sessions", List.of(1, 0, 0));
        expect("session-length", List.of(2700.0f, 0, 0));
    }

    @Test
    void lateEventMovesASessionToAnEarlierDay() {
        event("1", "2026-03-03 09:00:00.000", "anna", "s");
        job.run();
        expect("daily-sessions", List.of(0, 0, 1));

        event("2", "2026-03-02 09:00:00.001", "anna", "s");
        job.run();
        expect("daily-sessions", List.of(0, 1, 0));
    }

    @Test
    void eventAfter24HoursStartsANewSession() {
        event("1", "2026-03-01 22:00:00.000", "anna", "s");
        event("2", "2026-03-02 21:59:59.999", "anna", "s");
        event("3", "2026-03-02 22:00:00.000", "anna", "s");
        event("4", "2026-03-03 08:00:00.000", "anna", "s");
        job.run();
        expect("daily-sessions", List.of(1, 1, 0));
        expect("session-length", List.of(86_400.0f, 36_000.0f, 0));
    }

    /** Each session's start depends on the session before, so a late event can move all of them. */
    @Test
    void lateEventMovesEverySessionOfAnEndlessSessionId() {
        for (int day = 1; day <= 3; day++) {
            event(day + " morning", "2026-03-0%d 06:00:00.000".formatted(day), "anna", "s");
            event(day + " evening", "2026-03-0%d 18:00:00.000".formatted(day), "anna", "s");
        }
        job.run();
        expect("daily-sessions", List.of(1, 1, 1));
        expect("session-length", List.of(43_200.0f, 43_200.0f, 43_200.0f));

        event("late", "2026-02-28 12:00:00.000", "anna", "s");
        job.run();
        expect("daily-sessions", List.of(1, 1, 1));
        expect("session-length", List.of(43_200.0f, 43_200.0f, 0.0f));
    }

    /** The last day has no mark: it changes because all days before it do. */
    @Test
    void countsDaysOfAnInterruptedPass() {
        assumeFalse(TestEngine.isCluster());
        LocalDate last = endlessSession();
        expectOn("session-length", last, 43_200.0f);

        event("late", "2026-02-28 12:00:00.000", "anna", "s");
        Stores.execute("ALTER TABLE activity_counts ADD CONSTRAINT stop CHECK organization_id != '%s'"
                .formatted(caller.organization()));
        assertThrows(RollupException.class, job::run);
        Stores.execute("ALTER TABLE activity_counts DROP CONSTRAINT stop");
        expectOn("session-length", last, 43_200.0f);
        runAfterAPause();
        expectOn("session-length", last, 0.0f);
    }

    /** A statement rebuilds three days, and the first one also the day of the late event, which has one event. */
    @Test
    void lateEventMovesSessionsByManyStatements() {
        SmallStatements.use(6);
        LocalDate last = endlessSession();

        event("late", "2026-02-28 12:00:00.000", "anna", "s");
        job.run();

        assertEquals("13\n", requestedRebuilds());
        expectOn("session-length", last.minusDays(1), 43_200.0f);
        expectOn("session-length", last, 0.0f);
        job.run();
        assertEquals("0\n", requestedRebuilds());
        Verified verified = Verified.of(caller.organization());
        assertEquals(List.of(), verified.remaining());
        assertEquals(0, verified.mended());
    }

    /** The next pass finds that the first days are up to date, and must not stop there. */
    @Test
    void sessionsMoveFurtherAfterAPassThatStoppedBetweenStatements() {
        assumeFalse(TestEngine.isCluster());
        SmallStatements.use(6);
        LocalDate last = endlessSession();

        event("late", "2026-02-28 12:00:00.000", "anna", "s");
        Stores.execute(
                "ALTER TABLE activity_days ADD CONSTRAINT stop CHECK organization_id != '%s' OR day != '2026-03-20'"
                        .formatted(caller.organization()));
        assertThrows(RollupException.class, job::run);
        Stores.execute("ALTER TABLE activity_days DROP CONSTRAINT stop");
        runAfterAPause();

        expectOn("session-length", last.minusDays(1), 43_200.0f);
        expectOn("session-length", last, 0.0f);
    }

    /**
     * One session_id at 6 and 18 o'clock of 41 days from 2026-03-01 on. An event at noon of the day before moves the start
     * of all its sessions from the morning to the evening.
     *
     * @return the last day
     */
    private LocalDate endlessSession() {
        LocalDate first = LocalDate.of(2026, 3, 1);
        LocalDate last = first.plusDays(40);
        Events events = Events.of(caller);
        first.datesUntil(last.plusDays(1))
                .flatMap(day -> Stream.of("06:00:00.000", "18:00:00.000").map(time -> day + " " + time))
                .forEach(time -> events.toolCall(time, time, "anna").with("session_id", "s"));
        events.deliver();
        job.run();
        return last;
    }

    /** The number of open marks of days whose events have not changed. */
    private String requestedRebuilds() {
        return Stores.execute("""
                SELECT count() FROM event_marks FINAL WHERE organization_id = '%s' AND sign = 1 AND source = ''
                """.formatted(caller.organization()));
    }

    /** What was applied on another shard meanwhile says nothing about this one. */
    @Test
    void appliesTheChangesOfAnInterruptedPassOfAShard() {
        assumeTrue(TestEngine.isCluster());
        caller = TestCaller.createOnShard(2, Permissions.METRICS_READ);
        event("1", "2026-03-01 10:00:00.000", "anna", "");
        job.run();

        event("2", "2026-03-02 10:00:00.000", "bert", "");
        renameOnSecondShard("cohorts", "cohorts_away");
        try {
            assertThrows(RollupException.class, job::run);
        } finally {
            renameOnSecondShard("cohorts_away", "cohorts");
        }
        Events.of(TestCaller.createOnShard(1, Permissions.METRICS_READ))
                .toolCall("3", "2026-03-02 10:00:00.000", "carl")
                .deliver();
        job.run();
        runAfterAPause();

        expect("new-users", List.of(1, 1, 0));
    }

    private static void renameOnSecondShard(String from, String to) {
        Stores.execute("RENAME TABLE %1$s.%2$s TO %1$s.%3$s".formatted(TestEngine.databaseOfShard(2), from, to));
    }

    /** The week and the month of a day count the days before it, whether or not the day itself has events. */
    @Test
    void quietDaysHaveTheUsersOfTheWeekAndTheMonthBefore() {
        Events.of(caller)
                .toolCall("1", "2026-03-01 10:00:00.000", "anna")
                .toolCall("2", "2026-03-02 10:00:00.000", "bert")
                .deliver();
        job.run();
        expectOn("wau", "2026-03-07", 2);
        expectOn("wau", "2026-03-08", 1);
        expectOn("wau", "2026-03-09", 0);
        expectOn("mau", "2026-03-30", 2);
        expectOn("mau", "2026-03-31", 1);
        expectOn("mau", "2026-04-01", 0);

        delete("2026-03-02");
        expectOn("wau", "2026-03-07", 1);
        expectOn("wau", "2026-03-08", 0);
        expectOn("mau", "2026-03-30", 1);
        expectOn("mau", "2026-03-31", 0);
    }

    @Test
    void identifiedUserIsOneUserInEveryEndpoint() {
        event("1", "2026-03-02 10:00:00.000", "device-7", "");
        job.run();
        event("1", "2026-03-02 10:00:00.000", "anna", "");
        job.run();

        for (String metric : List.of("dau", "new-users", "daily-sessions", "tool-calls")) {
            expect(metric, List.of(0, 1, 0));
        }
        caller.withApiKey()
                .get("/v1/metrics/retention" + WINDOW)
                .then()
                .statusCode(200)
                .body("data.cohortSize", equalTo(List.of(0, 1, 0)));
        caller.withApiKey()
                .get("/v1/metrics/users-by?dimension=locale")
                .then()
                .statusCode(200)
                .body("data.count", equalTo(List.of(1)));
    }

    @Test
    void deletedFirstEventMovesTheFirstDayOfAUser() {
        event("1", "2026-03-01 10:00:00.000", "anna", "");
        event("2", "2026-03-02 10:00:00.000", "anna", "");
        event("3", "2026-03-03 10:00:00.000", "anna", "");
        job.run();
        expect("new-users", List.of(1, 0, 0));

        delete("2026-03-01");
        expect("new-users", List.of(0, 1, 0));
        delete("2026-03-02", "2026-03-03");
        expect("new-users", List.of(0, 0, 0));
    }

    @Test
    void eventWithoutACountryDoesNotEraseTheCountryOfAUser() {
        eventIn("FR", "2026-03-01", "anna");
        eventIn("DE", "2026-03-02", "anna");
        eventIn("", "2026-03-03", "anna");
        job.run();
        expectCountry("DE");

        delete("2026-03-03");
        expectCountry("DE");
        delete("2026-03-02");
        expectCountry("FR");
    }

    /** The country's day is many active days before the newest one. */
    @Test
    void deletedCountryGivesWayToAnEarlierOne() {
        eventIn("FR", "2026-03-01", "anna");
        for (LocalDate day = LocalDate.of(2026, 3, 2); day.isBefore(LocalDate.of(2026, 3, 15)); day = day.plusDays(1)) {
            eventIn("", day.toString(), "anna");
        }
        eventIn("DE", "2026-03-15", "anna");
        eventIn("", "2026-03-16", "anna");
        job.run();
        expectCountry("DE");

        delete("2026-03-15");
        expectCountry("FR");
        delete("2026-03-01");
        expectCountry("");
    }

    @Test
    void dayIsEmptyAfterItsEventsAreDeleted() {
        event("1", "2026-03-01 23:50:00.000", "anna", "");
        event("2", "2026-03-02 00:10:00.000", "anna", "");
        job.run();
        expect("daily-sessions", List.of(1, 0, 0));

        delete("2026-03-01");
        expect("dau", List.of(0, 1, 0));
        expect("tool-calls", List.of(0, 1, 0));
        expect("daily-sessions", List.of(0, 1, 0));
        delete("2026-03-02");
        expect("dau", List.of(0, 0, 0));
        expect("daily-sessions", List.of(0, 0, 0));
        caller.withApiKey()
                .get("/v1/metrics/users-by?dimension=locale")
                .then()
                .statusCode(200)
                .body("data.size()", equalTo(0));
    }

    @Test
    void expiredEventsStillCountAsFirstUse() {
        event("1", "2026-03-01 10:00:00.000", "anna", "");
        job.run();
        String kept = Stores.execute("SELECT days FROM event_retention").strip();
        try {
            keepEvents(Long.toString(ChronoUnit.DAYS.between(LocalDate.of(2026, 3, 1), LocalDate.now(ZoneOffset.UTC))));
            event("2", "2026-03-02 10:00:00.000", "anna", "");
            event("3", "2026-03-02 11:00:00.000", "bert", "");
            delete("2026-03-01");

            expect("new-users", List.of(1, 1, 0));
            expect("dau", List.of(1, 2, 0));
        } finally {
            keepEvents(kept);
        }
    }

    private static void keepEvents(String days) {
        String daysOfApps =
                Stores.execute("SELECT app_days FROM event_retention").strip();
        Stores.execute("""
                CREATE OR REPLACE VIEW event_retention AS SELECT toUInt32(%s) AS days, toUInt32(%s) AS app_days
                """.formatted(days, daysOfApps));
    }

    @Test
    void killingTheEngineDuringAPassNeitherLosesNorDoublesEvents() {
        assumeTrue(TestEngine.isOurs());
        for (int round = 1; round <= 3; round++) {
            Events events = Events.of(caller);
            for (int user = 0; user < 200; user++) {
                events.toolCall(
                        round + "-" + user, "2026-03-0%d 10:00:00.000".formatted(1 + user % 3), round + "u" + user);
            }
            events.deliver();
            CompletableFuture<Void> pass = CompletableFuture.runAsync(this::runAsFarAsItGoes);
            TestEngine.kill();
            pass.join();
            TestEngine.restart();
        }
        job.run();

        expect("tool-calls", List.of(201, 201, 198));
        expect("dau", List.of(201, 201, 198));
        expect("new-users", List.of(201, 201, 198));
        assertEquals("600\t600\n", Stores.execute("""
                SELECT count(), uniqExact(number) FROM users FINAL WHERE organization_id = '%s' AND number > 0
                """.formatted(caller.organization())));
    }

    /** The bucket that could not be rebuilt was set aside for a while. */
    private void runAfterAPause() {
        clock.setTo(Instant.now().plus(Duration.ofMinutes(6)));
        job.run();
        clock.reset();
    }

    private void runAsFarAsItGoes() {
        try {
            job.run();
        } catch (RollupException killed) {
            // That is what the test is about.
        }
    }

    /** As erasing does it: the rows go, and their day is marked. */
    private void delete(String... days) {
        for (String day : days) {
            Stores.execute("DELETE FROM events WHERE organization_id = '%s' AND day = '%s'"
                    .formatted(caller.organization(), day));
            Stores.execute("""
                    INSERT INTO event_marks (organization_id, bucket) VALUES ('%s', '%s 00:00:00')
                    """.formatted(caller.organization(), day));
        }
        job.run();
    }
}
