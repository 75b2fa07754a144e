package dev.quarry.integrations;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.stream.Collectors;

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
                SELECT time, integration_key, mode, outcome, error_category, latency_ms
                FROM invocations FINAL
                WHERE organization_id = {organization:String}
                  AND hour >= toStartOfHour({read_from:DateTime64(3, 'UTC')})
                  AND hour < {end:DateTime64(3, 'UTC')}
                  AND time >= {read_from:DateTime64(3, 'UTC')}
                  AND time < {end:DateTime64(3, 'UTC')}
                  AND ({integration_key:Nullable(String)} IS NULL OR integration_key = {integration_key:Nullable(String)})
                  AND ({mode:Nullable(String)} IS NULL OR mode = {mode:Nullable(String)})
                  AND ({slug:Nullable(String)} IS NULL OR slug = {slug:Nullable(String)})
            )
            """;

    private static final String PERIOD = """
            SELECT
                'period' AS cut,
                toUInt32(0) AS bucket,
                if(time >= {start:DateTime64(3, 'UTC')}, 'current', 'previous') AS key,
                countIf(outcome = 'success'),
                countIf(outcome = 'vendor_error'),
                countIf(outcome = 'exception'),
                sum(latency_ms),
                max(latency_ms),
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency_ms, 1) AS percentiles)[1],
                percentiles[2],
                percentiles[3],
                percentiles[4]
            FROM facts
            GROUP BY key
            """;

    private static final String BUCKET = """
            SELECT
                'bucket' AS cut,
                multiIf(
                    {granularity:String} = 'minute', toUnixTimestamp(toStartOfMinute(time, {zone:String})),
                    {granularity:String} = 'hour', toUnixTimestamp(toStartOfHour(time, {zone:String})),
                    {granularity:String} = 'day', toUnixTimestamp(toStartOfDay(time, {zone:String})),
                    toUnixTimestamp(toDateTime(toMonday(time, {zone:String}), {zone:String}))) AS bucket,
                '' AS key,
                countIf(outcome = 'success'),
                countIf(outcome = 'vendor_error'),
                countIf(outcome = 'exception'),
                sum(latency_ms),
                max(latency_ms),
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency_ms, 1) AS percentiles)[1],
                percentiles[2],
                percentiles[3],
                percentiles[4]
            FROM facts
            WHERE time >= {start:DateTime64(3, 'UTC')}
            GROUP BY bucket
            """;

    private static final String INTEGRATION = """
            SELECT
                'integration' AS cut,
                toUInt32(0) AS bucket,
                integration_key AS key,
                countIf(outcome = 'success'),
                countIf(outcome = 'vendor_error'),
                countIf(outcome = 'exception'),
                sum(latency_ms),
                max(latency_ms),
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency_ms, 1) AS percentiles)[1],
                percentiles[2],
                percentiles[3],
                percentiles[4]
            FROM facts
            WHERE time >= {start:DateTime64(3, 'UTC')}
            GROUP BY key
            """;

    private static final String MODE = """
            SELECT
                'mode' AS cut,
                toUInt32(0) AS bucket,
                mode AS key,
                countIf(outcome = 'success'),
                countIf(outcome = 'vendor_error'),
                countIf(outcome = 'exception'),
                sum(latency_ms),
                max(latency_ms),
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency_ms, 1) AS percentiles)[1],
                percentiles[2],
                percentiles[3],
                percentiles[4]
            FROM facts
            WHERE time >= {start:DateTime64(3, 'UTC')}
            GROUP BY key
            """;

    private static final String ERROR_CATEGORY = """
            SELECT
                'error_category' AS cut,
                toUInt32(0) AS bucket,
                error_category AS key,
                toUInt64(0),
                countIf(outcome = 'vendor_error'),
                countIf(outcome = 'exception'),
                0, 0, 0, 0, 0, 0
            FROM facts
            WHERE time >= {start:DateTime64(3, 'UTC')}
              AND outcome != 'success'
            GROUP BY key
            """;

    private final ClickHouse clickHouse;

    FactsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    Tallies fetch(Caller caller, Slice slice, Set<Cut> cuts) {
        String sql = cuts.stream().map(FactsQuery::tallies).collect(Collectors.joining("UNION ALL\n", FACTS, ""));
        return clickHouse
                .query(caller, sql)
                .setting("enable_shared_storage_snapshot_in_query", "1")
                .setting("do_not_merge_across_partitions_select_final", "1")
                .bind("start", slice.window().start())
                .bind("end", slice.window().end())
                .bind("read_from", slice.readFrom(cuts))
                .bind("zone", slice.window().zone())
                .bind("granularity", slice.granularity().wireName())
                .bind("integration_key", slice.integrationKey())
                .bind("mode", slice.mode())
                .bind("slug", slice.slug())
                .collect(() -> new Tallies(slice));
    }

    private static String tallies(Cut cut) {
        return switch (cut) {
            case PERIOD -> PERIOD;
            case BUCKET -> BUCKET;
            case INTEGRATION -> INTEGRATION;
            case MODE -> MODE;
            case ERROR_CATEGORY -> ERROR_CATEGORY;
        };
    }
}
