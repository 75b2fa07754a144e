package dev.quarry.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class FailureTest {
    private static final Duration SECOND = Duration.ofSeconds(1);

    static final List<Failure> ALL = List.of(
            new Failure.Unauthenticated("no"),
            new Failure.Forbidden("metrics:read", "no"),
            new Failure.NotFound("app", "a1"),
            new Failure.NoSuchRoute(),
            new Failure.MethodNotAllowed(),
            new Failure.Invalid(
                    List.of(new Violation(List.of("query", "hours"), "Field required", "missing", null, Map.of()))),
            new Failure.Malformed(400, "no"),
            new Failure.TooManyRequests(SECOND),
            new Failure.QueryTooLarge(),
            new Failure.TimedOut(Failure.Store.CLICKHOUSE),
            new Failure.Overloaded(SECOND),
            new Failure.Unreachable(Failure.Store.CLICKHOUSE, SECOND),
            new Failure.Internal());

    @Test
    void everyFailureHasItsStatus() {
        Map<String, Integer> statuses = new TreeMap<>();
        ALL.forEach(failure -> statuses.put(failure.getClass().getSimpleName(), failure.status()));

        assertEquals(
                Map.ofEntries(
                        Map.entry("Unauthenticated", 401),
                        Map.entry("Forbidden", 403),
                        Map.entry("NotFound", 404),
                        Map.entry("NoSuchRoute", 404),
                        Map.entry("MethodNotAllowed", 405),
                        Map.entry("Invalid", 422),
                        Map.entry("Malformed", 400),
                        Map.entry("TooManyRequests", 429),
                        Map.entry("QueryTooLarge", 400),
                        Map.entry("TimedOut", 504),
                        Map.entry("Overloaded", 503),
                        Map.entry("Unreachable", 503),
                        Map.entry("Internal", 500)),
                statuses);
        assertEquals(Failure.class.getPermittedSubclasses().length, ALL.size(), "a failure is missing from this test");
    }

    @Test
    void everyFailureHasAMessage() {
        ALL.forEach(failure -> assertFalse(failure.message().isBlank(), failure.toString()));
    }

    @Test
    void aTimeoutNamesItsStore() {
        assertEquals(
                "The analytics engine took too long to answer",
                new Failure.TimedOut(Failure.Store.CLICKHOUSE).message());
        assertEquals("The database took too long to answer", new Failure.TimedOut(Failure.Store.POSTGRESQL).message());
    }

    @Test
    void refusesInvalidArguments() {
        assertThrows(IllegalArgumentException.class, () -> new Failure.Invalid(List.of()));
        assertThrows(IllegalArgumentException.class, () -> new Failure.Malformed(500, "ours, not theirs"));
    }
}
