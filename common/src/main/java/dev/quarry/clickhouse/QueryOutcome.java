package dev.quarry.clickhouse;

import dev.quarry.error.Failure;
import java.util.Locale;

/** How a query ended, for metrics and spans. */
public enum QueryOutcome {
    SUCCESS,
    UNREACHABLE,
    TIMED_OUT,
    QUERY_TOO_LARGE,
    OVERLOADED,
    /** The client went away. */
    ABANDONED,
    /** Any other failure, caused by a bug of ours. */
    FAILURE;

    static QueryOutcome of(Failure failure) {
        return switch (failure) {
            case Failure.Unreachable _ -> UNREACHABLE;
            case Failure.TimedOut _ -> TIMED_OUT;
            case Failure.QueryTooLarge _ -> QUERY_TOO_LARGE;
            case Failure.Overloaded _ -> OVERLOADED;
            default -> FAILURE;
        };
    }

    /** The name in lower case. */
    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
