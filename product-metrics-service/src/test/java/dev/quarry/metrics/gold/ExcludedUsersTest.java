package dev.quarry.metrics.gold;

import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.caller.Permissions;
import dev.quarry.metrics.Events;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the README says about excluded users, case by case. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ExcludedUsersTest extends GoldFixture {
    private static final LocalDate SECOND = LocalDate.of(2026, 3, 2);
    private static final LocalDate ALWAYS = dev.quarry.schema.ExcludedUsers.BEGINNING;

    @Test
    void excludedUserCountsOnEarlierDaysOnly() {
        eachDay("anna");
        eachDay("bot");
        job.run();
        exclude(SECOND, "bot");

        expect("dau", List.of(2, 1, 1));
        expect("wau", List.of(2, 2, 2));
        expect("tool-calls", List.of(2, 1, 1));
        expect("daily-sessions", List.of(2, 1, 1));
        expect("new-users", List.of(2, 0, 0));
    }

    @Test
    void lateEventOfAnEarlierDayCounts() {
        exclude(SECOND, "bot");
        Events.of(caller)
                .toolCall("1", "2026-03-02 10:00:00.000", "bot")
                .toolCall("2", "2026-03-01 10:00:00.000", "bot")
                .deliver();
        job.run();

        expect("dau", List.of(1, 0, 0));
        expect("new-users", List.of(1, 0, 0));
    }

    @Test
    void openSessionEndsBeforeTheExclusion() {
        event("1", "2026-03-01 23:00:00.000", "bot", "s");
        event("2", "2026-03-01 23:30:00.000", "bot", "s");
        event("3", "2026-03-02 01:00:00.000", "bot", "s");
        job.run();
        expect("session-length", List.of(7_200.0f, 0, 0));
        exclude(SECOND, "bot");

        expect("daily-sessions", List.of(1, 0, 0));
        expect("session-length", List.of(1_800.0f, 0, 0));
    }

    @Test
    void otherEventsOfTheSessionStay() {
        event("1", "2026-03-02 10:00:00.000", "", "s");
        event("2", "2026-03-02 10:10:00.000", "anna", "s");
        event("3", "2026-03-02 11:00:00.000", "bot", "s");
        job.run();
        expect("session-length", List.of(0, 3_600.0f, 0));
        exclude(ALWAYS, "bot");

        expect("daily-sessions", List.of(0, 1, 0));
        expect("session-length", List.of(0, 600.0f, 0));
    }

    @Test
    void userIsNewOnTheFirstDayThatCounts() {
        exclude(ALWAYS, "bot");
        eachDay("bot");
        job.run();
        expect("new-users", List.of(0, 0, 0));

        include(SECOND, "bot");
        expect("new-users", List.of(0, 1, 0));
        expect("dau", List.of(0, 1, 1));

        include(ALWAYS, "bot");
        expect("new-users", List.of(1, 0, 0));
        expect("dau", List.of(1, 1, 1));
    }

    @Test
    void newestUseBeforeTheExclusionKeepsItsValue() {
        eventIn("FR", "2026-03-01", "bot");
        eventIn("DE", "2026-03-03", "bot");
        job.run();
        expectCountry("DE");

        exclude(SECOND, "bot");
        expectCountry("FR");
        include(ALWAYS, "bot");
        expectCountry("DE");
    }

    /** The newest delivery of an event decides whose event it is. */
    @Test
    void correctedEventCountsForItsNewUser() {
        exclude(ALWAYS, "bot");
        event("1", "2026-03-02 10:00:00.000", "bot", "");
        job.run();
        expect("dau", List.of(0, 0, 0));

        event("1", "2026-03-02 10:00:00.000", "anna", "");
        job.run();
        expect("dau", List.of(0, 1, 0));
        event("1", "2026-03-02 10:00:00.000", "bot", "");
        job.run();
        expect("dau", List.of(0, 0, 0));
    }

    @Test
    void rememberedAnswerEndsWithTheRebuild() {
        eachDay("anna");
        eachDay("bot");
        job.run();
        String before = tag();
        assertEquals(before, tag());

        exclude(ALWAYS, "bot");
        caller.withApiKey()
                .header("If-None-Match", before)
                .get("/v1/metrics/dau" + WINDOW)
                .then()
                .statusCode(200)
                .header("ETag", not(before))
                .body("data.value", equalTo(List.of(1, 1, 1)));
        include(ALWAYS, "bot");
        assertEquals(before, tag());
    }

    @Test
    void otherOrganisationStillCountsTheUser() {
        eachDay("bot");
        TestCaller excluding = caller;
        caller = TestCaller.create(Permissions.METRICS_READ);
        eachDay("bot");
        job.run();
        TestCaller other = caller;
        caller = excluding;
        exclude(ALWAYS, "bot");

        expect("dau", List.of(0, 0, 0));
        caller = other;
        expect("dau", List.of(1, 1, 1));
    }

    /** The engine skips blocks of rows by their sorting key, and the list has a part of this key. */
    @Test
    void excludedUserTakesNoOtherUserAlong() {
        Events events = Events.of(caller);
        for (int i = 0; i < 30_000; i++) {
            events.toolCall(Integer.toString(i), "2026-03-02 10:00:00.000", i % 3 == 0 ? "bot" : "anna");
        }
        events.deliver();
        Stores.execute("OPTIMIZE TABLE events FINAL");
        exclude(SECOND, "bot");

        expect("tool-calls", List.of(0, 20_000, 0));
        expect("dau", List.of(0, 1, 0));
    }

    /** More days than a batch has, all of them without a value in any dimension. */
    @Test
    void userOfManyDaysIsExcludedAsAWhole() {
        LocalDate first = LocalDate.of(2025, 9, 1);
        Events events = Events.of(caller);
        first.datesUntil(LocalDate.of(2026, 3, 4))
                .forEach(day -> events.toolCall(day.toString(), day + " 10:00:00.000", "bot"));
        events.deliver();
        job.run();
        expectOn("new-users", first, 1);

        exclude(ALWAYS, "bot");
        expectOn("new-users", first, 0);
        expect("mau", List.of(0, 0, 0));
        include(SECOND, "bot");
        expectOn("new-users", first, 0);
        expect("new-users", List.of(0, 1, 0));
    }

    private void exclude(LocalDate since, String... users) {
        try (var excluded = Stores.excludedUsers(caller.organization())) {
            excluded.exclude(List.of(users), since);
        }
        job.run();
    }

    private void include(LocalDate since, String... users) {
        try (var excluded = Stores.excludedUsers(caller.organization())) {
            excluded.include(List.of(users), since);
        }
        job.run();
    }

    private void eachDay(String user) {
        Events.of(caller)
                .toolCall(user + 1, "2026-03-01 10:00:00.000", user)
                .toolCall(user + 2, "2026-03-02 10:00:00.000", user)
                .toolCall(user + 3, "2026-03-03 10:00:00.000", user)
                .deliver();
    }

    private String tag() {
        return caller.withApiKey()
                .get("/v1/metrics/dau" + WINDOW)
                .then()
                .statusCode(200)
                .extract()
                .header("ETag");
    }
}
