package dev.quarry.testing;

import dev.quarry.clickhouse.RetentionView;
import dev.quarry.schema.Retention;
import io.quarkus.arc.Arc;
import java.time.LocalDate;
import java.util.List;

/**
 * The retention that the store announces to services. The tables keep events for the longest retention, because TTL
 * follows the engine's clock and not the test's. A test deletes older rows itself, or leaves them as if the engine had
 * not deleted them yet.
 */
public final class TestRetention {
    private TestRetention() {}

    /** Announces a retention that was never made longer. */
    public static void set(Retention retention) {
        set(retention, LocalDate.EPOCH);
    }

    /** Announces a retention that was made longer when the rows of {@code since} were the oldest. */
    public static void set(Retention retention, LocalDate since) {
        for (String view : List.of("announced_retention", "retention")) {
            tell(view, retention, since);
        }
        read();
    }

    /** Announces a retention that the tables do not have yet. */
    public static void announce(Retention retention) {
        tell("announced_retention", retention, LocalDate.EPOCH);
        read();
    }

    public static void reset() {
        set(Retention.longest());
    }

    private static void tell(String view, Retention retention, LocalDate since) {
        Stores.execute("""
                CREATE OR REPLACE VIEW %s AS SELECT
                  toUInt32(%d) AS event_days, toDate('%4$s') AS events_since,
                  toUInt32(%d) AS error_days, toDate('%4$s') AS errors_since,
                  toUInt32(%5$d) AS log_days, toDate('%4$s') AS logs_since
                """.formatted(view, retention.eventDays(), retention.errorDays(), since, retention.logDays()));
    }

    private static void read() {
        Arc.container().instance(RetentionView.class).get().read();
    }
}
