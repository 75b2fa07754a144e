package dev.quarry.integrations;

import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Grid;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.function.Supplier;

/**
 * Tallies straight from bronze: any granularity, any zone, any filter, up to the last invocation. One statement, whatever
 * the number of cuts: the engine reads a table that a statement names several times in one and the same state
 * ({@code enable_shared_storage_snapshot_in_query}), so that all cuts agree.
 */
@ApplicationScoped
class FactsQuery {
    private static final String FACTS = """
            WITH facts AS
            (
                SELECT
                    time, outcome, latency, toValidUTF8(invocations.integration_key) AS integration_key,
                    toValidUTF8(invocations.mode) AS mode, toValidUTF8(invocations.error_category) AS error_category
                FROM invocations FINAL
                WHERE organization_id = {organization:String}
                  AND hour > {read_from:DateTime64(3, 'UTC')} - toIntervalHour(1)
                  AND hour < {end:DateTime64(3, 'UTC')}
                  AND time >= {read_from:DateTime64(3, 'UTC')}
                  AND time < {end:DateTime64(3, 'UTC')}
            """;

    /** Skips the time between two windows. */
    private static final String GAP = """
                  AND (hour < {earlier_end:DateTime64(3, 'UTC')} OR hour > {start:DateTime64(3, 'UTC')} - toIntervalHour(1))
                  AND (time < {earlier_end:DateTime64(3, 'UTC')} OR time >= {start:DateTime64(3, 'UTC')})
            """;

    private static final String OF_INTEGRATION = """
                  AND integration_key = {integration_key:String}
            """;

    private static final String OF_MODE = """
                  AND mode = {mode:String}
            """;

    private static final String OF_SLUG = """
                  AND slug = {slug:String}
            """;

    private static final String FACTS_END = """
            )
            """;

    private static final String PERIOD = """
            SELECT
                'period' AS cut,
                toUInt32(0) AS place,
                '' AS key,
                countIf(outcome = 'success') AS successes,
                countIf(outcome = 'vendor_error') AS vendor_failures,
                countIf(outcome = 'exception') AS exception_failures,
                sum(latency) AS total_latency,
                max(latency) AS largest_latency,
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency, 1) AS percentiles)[1] AS half,
                percentiles[2] AS ninety,
                percentiles[3] AS ninety_five,
                percentiles[4] AS ninety_nine,
                time >= {start:DateTime64(3, 'UTC')} AS current
            FROM facts
            GROUP BY current
            """;

    private static final String BUCKET = """
            SELECT
                'bucket' AS cut,
                (roundDown(toUnixTimestamp(time), {origins:Array(Int64)}) AS origin)
                    + intDiv(toUnixTimestamp(time) - origin, {step:Int64}) * {step:Int64} AS place,
                '' AS key,
                countIf(outcome = 'success') AS successes,
                countIf(outcome = 'vendor_error') AS vendor_failures,
                countIf(outcome = 'exception') AS exception_failures,
                sum(latency) AS total_latency,
                max(latency) AS largest_latency,
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency, 1) AS percentiles)[1] AS half,
                percentiles[2] AS ninety,
                percentiles[3] AS ninety_five,
                percentiles[4] AS ninety_nine,
                true AS current
            FROM facts
            WHERE time >= {start:DateTime64(3, 'UTC')}
            GROUP BY place
            """;

    private static final String INTEGRATION = """
            SELECT
                'integration' AS cut,
                toUInt32(0) AS place,
                integration_key AS key,
                countIf(outcome = 'success') AS successes,
                countIf(outcome = 'vendor_error') AS vendor_failures,
                countIf(outcome = 'exception') AS exception_failures,
                sum(latency) AS total_latency,
                max(latency) AS largest_latency,
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency, 1) AS percentiles)[1] AS half,
                percentiles[2] AS ninety,
                percentiles[3] AS ninety_five,
                percentiles[4] AS ninety_nine,
                time >= {start:DateTime64(3, 'UTC')} AS current
            FROM facts
            WHERE time >= {groups_from:DateTime64(3, 'UTC')}
            GROUP BY key, current
            """;

    private static final String MODE = """
            SELECT
                'mode' AS cut,
                toUInt32(0) AS place,
                mode AS key,
                countIf(outcome = 'success') AS successes,
                countIf(outcome = 'vendor_error') AS vendor_failures,
                countIf(outcome = 'exception') AS exception_failures,
                sum(latency) AS total_latency,
                max(latency) AS largest_latency,
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency, 1) AS percentiles)[1] AS half,
                percentiles[2] AS ninety,
                percentiles[3] AS ninety_five,
                percentiles[4] AS ninety_nine,
                time >= {start:DateTime64(3, 'UTC')} AS current
            FROM facts
            WHERE time >= {groups_from:DateTime64(3, 'UTC')}
            GROUP BY key, current
            """;

    private static final String ERROR_CATEGORY = """
            SELECT
                'error_category' AS cut,
                toUInt32(0) AS place,
                error_category AS key,
                0 AS successes,
                countIf(outcome = 'vendor_error') AS vendor_failures,
                countIf(outcome = 'exception') AS exception_failures,
                0 AS total_latency,
                0 AS largest_latency,
                0 AS half,
                0 AS ninety,
                0 AS ninety_five,
                0 AS ninety_nine,
                time >= {start:DateTime64(3, 'UTC')} AS current
            FROM facts
            WHERE time >= {groups_from:DateTime64(3, 'UTC')}
              AND outcome != 'success'
            GROUP BY key, current
            """;

    private static final String UNION = "UNION ALL\n";

    private static final String EVERY_CUT =
            PERIOD + UNION + BUCKET + UNION + INTEGRATION + UNION + MODE + UNION + ERROR_CATEGORY;

    /** Every invocation of the window is read. */
    private static final int WEIGHT = 2;

    private final ClickHouse clickHouse;

    FactsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** @param tallies makes a collector of rows, a new one for each attempt */
    Tallies fetch(Caller caller, Wanted wanted, Supplier<Tallies> tallies) {
        InvocationSlice slice = wanted.slice();
        Grid grid = slice.window().grid(slice.granularity(), Integer.MAX_VALUE);
        return WindowBinding.instants(query(caller, wanted), slice.window())
                .weight(WEIGHT)
                .setting("enable_shared_storage_snapshot_in_query", "1")
                .setting("do_not_merge_across_partitions_select_final", "1")
                .bind("read_from", wanted.readFrom())
                .bind("earlier_end", wanted.earlierEnd())
                .bind("groups_from", wanted.groupsFrom())
                .bind("limit", wanted.limit())
                .bindSeconds("origins", grid.origins())
                .bind("step", grid.step().toSeconds())
                .bind("integration_key", slice.integrationKey())
                .bind("mode", slice.mode())
                .bind("slug", slice.slug())
                .collect(tallies);
    }

    /** Panels want one cut, and the dashboard wants all of them. */
    private Query query(Caller caller, Wanted wanted) {
        if (wanted.cuts().size() > 1) {
            return query(caller, wanted, EVERY_CUT);
        }
        return switch (wanted.cuts().iterator().next()) {
            case PERIOD -> query(caller, wanted, PERIOD);
            case BUCKET -> query(caller, wanted, BUCKET);
            case INTEGRATION -> query(caller, wanted, INTEGRATION);
            case MODE -> query(caller, wanted, MODE);
            case ERROR_CATEGORY -> query(caller, wanted, ERROR_CATEGORY);
        };
    }

    /** Has only the conditions that the slice needs: the engine would plan each of the others for nothing. */
    private Query query(Caller caller, Wanted wanted, @CompileTimeConstant String tallies) {
        InvocationSlice slice = wanted.slice();
        return clickHouse.query(
                caller,
                FACTS
                        + (wanted.hasGap() ? GAP : "")
                        + (slice.integrationKey().isPresent() ? OF_INTEGRATION : "")
                        + (slice.mode().isPresent() ? OF_MODE : "")
                        + (slice.slug().isPresent() ? OF_SLUG : "")
                        + FACTS_END
                        + Found.FIRST
                        + tallies
                        + Found.LAST);
    }
}
