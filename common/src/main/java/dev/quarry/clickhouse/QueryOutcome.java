package dev.quarry.clickhouse;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import java.util.Locale;

/** How a query ended, as metrics and spans call it. */
enum QueryOutcome {
    SUCCESS,
    UNREACHABLE,
    TIMED_OUT,
    QUERY_TOO_LARGE,
    OVERLOADED,
    /** Anything else: our fault. */
    FAILURE;

    static QueryOutcome of(Throwable thrown) {
        return switch (thrown) {
            case EngineUnreachableException _ -> UNREACHABLE;
            case FailureException told when told.failure() instanceof Failure.Unreachable -> UNREACHABLE;
            case FailureException told when told.failure() instanceof Failure.TimedOut -> TIMED_OUT;
            case FailureException told when told.failure() instanceof Failure.QueryTooLarge -> QUERY_TOO_LARGE;
            case FailureException told when told.failure() instanceof Failure.Overloaded -> OVERLOADED;
            default -> FAILURE;
        };
    }

    /** In lower case. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
