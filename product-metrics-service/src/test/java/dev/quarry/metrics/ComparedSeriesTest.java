package dev.quarry.metrics;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A series beside that of an earlier window. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ComparedSeriesTest {
    private final TestCaller caller = TestCaller.create(Permissions.METRICS_READ);

    @Inject
    TestClock clock;

    @AfterEach
    void resetClock() {
        clock.reset();
    }

    private ValidatableResponse ask(String query) {
        return caller.withApiKey()
                .get("/v1/metrics/" + query)
                .then()
                .log()
                .ifValidationFails()
                .statusCode(200);
    }

    @Test
    void comparesWithTheWindowBefore() {
        Events.of(caller)
                .toolCall("1", "2026-03-01 10:00:00.000", "anna")
                .toolCall("2", "2026-03-01 11:00:00.000", "bert")
                .toolCall("3", "2026-03-03 10:00:00.000", "anna")
                .toolCall("4", "2026-03-04 10:00:00.000", "anna")
                .deliver();
        Rollups.run();
        ask("dau?from=2026-03-03&to=2026-03-04&compare=previous")
                .body("data.value", contains(1, 1))
                .body("comparison.from", equalTo("2026-03-01"))
                .body("comparison.to", equalTo("2026-03-02"))
                .body("comparison.data.period", contains("2026-03-01", "2026-03-02"))
                .body("comparison.data.value", contains(2, 0))
                .body("comparison.data.change", contains(equalTo(-50.0f), nullValue()));
    }

    @Test
    void comparesWithTheYearBefore() {
        Events.of(caller)
                .toolCall("1", "2023-02-28 10:00:00.000", "anna")
                .toolCall("2", "2024-02-29 10:00:00.000", "anna")
                .toolCall("3", "2024-02-29 11:00:00.000", "anna")
                .toolCall("4", "2024-02-29 12:00:00.000", "anna")
                .deliver();
        Rollups.run();
        ask("tool-calls?from=2024-02-29&to=2024-02-29&compare=year")
                .body("data.value", contains(3))
                .body("comparison.data.period", contains("2023-02-28"))
                .body("comparison.data.value", contains(1))
                .body("comparison.data.change", contains(200.0f));
        ask("new-users?from=2023-02-28&to=2023-02-28&compare=year")
                .body("data.value", contains(1))
                .body("comparison.data.value", contains(0))
                .body("comparison.data.change", contains(nullValue()));
    }

    /** A week is compared with the one 52 weeks earlier, and a week that the window cuts with one that is cut alike. */
    @Test
    void weeksAreComparedWithWholeOnesWhateverTheLimit() {
        Events.of(caller)
                .toolCall("1", "2025-02-03 10:00:00.000", "anna")
                .toolCall("2", "2025-02-04 10:00:00.000", "bert")
                .toolCall("3", "2025-02-24 10:00:00.000", "carl")
                .toolCall("4", "2025-03-03 10:00:00.000", "dora")
                .toolCall("5", "2025-03-04 10:00:00.000", "emil")
                .deliver();
        Rollups.run();
        String weeks = "new-users?granularity=week&from=2026-02-02&to=2026-03-01&compare=year&limit=";
        for (int limit : List.of(1_000, 5, 4)) {
            ask(weeks + limit)
                    .body("data.period", contains("2026-02-02", "2026-02-09", "2026-02-16", "2026-02-23"))
                    .body("comparison.data.period", contains("2025-02-03", "2025-02-10", "2025-02-17", "2025-02-24"))
                    .body("comparison.data.value", contains(2, 0, 0, 1));
        }
        ask(weeks + 3)
                .body("comparison.data.period", contains("2025-02-10", "2025-02-17", "2025-02-24"))
                .body("comparison.data.value", contains(0, 0, 1));
        ask("new-users?granularity=week&from=2026-02-03&to=2026-03-02&compare=year")
                .body("comparison.from", equalTo("2025-02-04"))
                .body("comparison.to", equalTo("2025-03-03"))
                .body("comparison.data.value", contains(1, 0, 0, 1, 1));
        ask("new-users?granularity=week&from=2025-03-03&to=2025-03-06&compare=previous")
                .body("data.value", contains(2))
                .body("comparison.from", equalTo("2025-02-24"))
                .body("comparison.to", equalTo("2025-02-27"))
                .body("comparison.data.value", contains(1));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-03-01, 2026-05-31, previous, 2025-12-01, 2026-02-28, 2025-12-01 2026-01-01 2026-02-01, 1 1 2",
        "2026-02-01, 2026-02-28, previous, 2026-01-01, 2026-01-31, 2026-01-01, 1",
        "2026-02-15, 2026-03-14, previous, 2025-12-15, 2026-01-14, 2025-12-01 2026-01-01, 1 0",
        "2026-02-01, 2026-02-28, year, 2025-02-01, 2025-02-28, 2025-02-01, 0",
        "2027-01-01, 2027-02-28, year, 2026-01-01, 2026-02-28, 2026-01-01 2026-02-01, 1 2"
    })
    void monthsAreComparedWithWholeOnes(
            String from, String to, String compare, String first, String last, String periods, String values) {
        Events.of(caller)
                .toolCall("1", "2025-12-15 10:00:00.000", "anna")
                .toolCall("2", "2026-01-31 10:00:00.000", "bert")
                .toolCall("3", "2026-02-01 10:00:00.000", "carl")
                .toolCall("4", "2026-02-28 10:00:00.000", "dora")
                .deliver();
        Rollups.run();
        ask("new-users?granularity=month&from=%s&to=%s&compare=%s".formatted(from, to, compare))
                .body("comparison.from", equalTo(first))
                .body("comparison.to", equalTo(last))
                .body("comparison.data.period", equalTo(List.of(periods.split(" "))))
                .body(
                        "comparison.data.value",
                        equalTo(Stream.of(values.split(" "))
                                .map(Integer::valueOf)
                                .toList()));
    }

    /** Also those with a comma in their name, and those that were not among the largest then. */
    @Test
    void groupsAreComparedWithThemselves() {
        event("2026-03-01", "anna", "Bonn, DE");
        event("2026-03-01", "bert", "FR");
        event("2026-03-01", "carl", "FR");
        event("2026-03-02", "anna", "Bonn, DE");
        event("2026-03-02", "bert", "Bonn, DE");
        event("2026-03-02", "carl", "new");
        Rollups.run();
        for (String metric : List.of("dau", "tool-calls", "daily-sessions")) {
            ask(metric + "?from=2026-03-02&to=2026-03-02&by=country&groups=1")
                    .body("groups[0]", not(hasKey("comparison")));
        }
        for (String metric : List.of("dau", "tool-calls", "daily-sessions")) {
            ask(metric + "?from=2026-03-02&to=2026-03-02&by=country&groups=2&compare=previous")
                    .body("groups.key", contains("Bonn, DE", "new"))
                    .body("groups.data.value", contains(List.of(2), List.of(1)))
                    .body("groups.comparison.data.value", contains(List.of(1), List.of(0)))
                    .body("groups[0].comparison.data.change", contains(100.0f))
                    .body("groups[1].comparison.data.change", contains(nullValue()));
        }
        ask("dau?from=2026-03-02&to=2026-03-02&by=country&groups=1&compare=previous")
                .body("rest.data.value", contains(1))
                .body("rest", not(hasKey("comparison")));
    }

    /** The change is that of the share: half of the cohort returned before, all of it now. */
    @Test
    void cohortsAreComparedWithEarlierOnes() {
        event("2026-03-01", "anna", "DE");
        event("2026-03-01", "bert", "FR");
        event("2026-03-02", "anna", "DE");
        event("2026-03-03", "carl", "DE");
        event("2026-03-04", "carl", "DE");
        event("2026-03-04", "dora", "FR");
        Rollups.run();
        ask("retention?days=1&from=2026-03-03&to=2026-03-04&compare=previous")
                .body("data.retained", contains(1, 0))
                .body("comparison.from", equalTo("2026-03-01"))
                .body("comparison.to", equalTo("2026-03-02"))
                .body("comparison.data.period", contains("2026-03-01", "2026-03-02"))
                .body("comparison.data.retained", contains(1, 0))
                .body("comparison.data.cohortSize", contains(2, 0))
                .body("comparison.data.change", contains(equalTo(100.0f), nullValue()));
        ask("retention?days=1&from=2026-03-03&to=2026-03-04&compare=previous&by=country")
                .body("groups.key", contains("DE", "FR"))
                .body("groups[0].comparison.data.cohortSize", contains(1, 0))
                .body("groups[0].comparison.data.change", contains(equalTo(0.0f), nullValue()))
                .body("groups[1].comparison.data.retained", contains(0, 0))
                .body("groups[1].comparison.data.change", contains(nullValue(), nullValue()));
        ask("retention?days=1&from=2026-03-03&to=2026-03-03&by=country").body("groups[0]", not(hasKey("comparison")));
    }

    /** Cohorts that are not over are left out at the end, and a limit leaves out the oldest. */
    @Test
    void shownCohortsKeepTheirPlaces() {
        event("2026-03-01", "anna", "DE");
        event("2026-03-02", "bert", "DE");
        Rollups.run();
        ask("retention?days=1&from=2026-03-03&to=2026-03-04&limit=1&compare=previous")
                .body("data.period", contains("2026-03-04"))
                .body("comparison.data.period", contains("2026-03-02"))
                .body("comparison.data.cohortSize", contains(1));
        clock.setTo(Instant.parse("2026-03-14T12:00:00Z"));
        String window = "from=2026-03-12&to=2026-03-21";
        ask("retention?days=1&" + window + "&compare=previous")
                .body("data.period", contains("2026-03-12"))
                .body("comparison.data.period", contains("2026-03-02"))
                .body("comparison.data.cohortSize", contains(1));
        ask("retention?days=90&" + window + "&compare=previous").body("comparison.data", empty());
    }

    private void event(String day, String user, String country) {
        Events.of(caller)
                .toolCall(day + user, day + " 10:00:00.000", user)
                .with("session_id", user + day)
                .with("country", country)
                .deliver();
    }

    @Test
    void windowBefore1970HasNoValues() {
        ask("dau?from=1970-01-01&to=1970-01-02&compare=year")
                .body("comparison.data.period", contains(nullValue(), nullValue()));
        ask("new-users?from=1970-01-01&to=1970-01-31&granularity=month&compare=previous")
                .body("comparison.data.value", contains(nullValue()));
    }

    @Test
    void answerWithoutComparisonHasNoPropertyOfIt() {
        ask("dau?compare=none").body("$", not(hasKey("comparison")));
    }
}
