package dev.quarry.integrations;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Granularity;
import dev.quarry.time.Zones;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Tallies from {@code invocation_rollups}, where a bucket's percentiles are ready and a day's latencies are counted: cost
 * follows the number of buckets and of different latencies, not of invocations.
 *
 * <p>The table is read once, whatever the number of cuts, and {@link InvocationRollup} writes a day in one piece: all cuts are of
 * the same moment. A row counts in every cut that it is a candidate for, which is what the ARRAY JOIN does. Percentiles of
 * a bucket by hour or day are those stored; all others are merged from days.
 */
@ApplicationScoped
class RollupsQuery {
    private static final String HOUR = "hour";
    private static final String DAY = "day";
    private static final Set<Granularity> SERVED = Set.of(Granularity.HOUR, Granularity.DAY, Granularity.WEEK);

    private static final String SQL = """
            SELECT
                name AS cut, start AS bucket, key, successes, vendor_failures, exception_failures, total_latency,
                largest_latency, percentiles, current
            FROM
            (
            SELECT
                cut.1 AS name,
                cut.2 AS start,
                cut.3 AS key,
                sum(cut.4) AS successes,
                sum(cut.5) AS vendor_failures,
                sum(cut.6) AS exception_failures,
                sum(latency_sum) AS total_latency,
                max(latency_max) AS largest_latency,
                if(name = 'bucket' AND {granularity:String} != 'week',
                    [max(p50), max(p90), max(p95), max(p99)],
                    quantilesExactWeightedArray(0.5, 0.9, 0.95, 0.99)(latencies, latency_counts)) AS percentiles,
                bucket >= {start:DateTime64(3, 'UTC')} AS current
            FROM invocation_rollups FINAL
            ARRAY JOIN arrayFilter(
                candidate -> has({cuts:Array(String)}, candidate.1),
                arrayConcat(
                    if(level = 'day' AND dimensions = {dimensions:UInt8},
                        [('period', toUInt32(0), '', successful, vendor_errors, exceptions)],
                        []),
                    if(level = {series_level:String} AND dimensions = {dimensions:UInt8} AND bucket >= {start:DateTime64(3, 'UTC')},
                        [('bucket', toUnixTimestamp(if({granularity:String} = 'week', toDateTime(toMonday(bucket), 'UTC'), bucket)), '', successful, vendor_errors, exceptions)],
                        []),
                    if(level = 'day' AND dimensions = {integration_dimensions:UInt8} AND bucket >= {groups_from:DateTime64(3, 'UTC')},
                        [('integration', toUInt32(0), toString(integration_key), successful, vendor_errors, exceptions)],
                        []),
                    if(level = 'day' AND dimensions = {mode_dimensions:UInt8} AND bucket >= {groups_from:DateTime64(3, 'UTC')},
                        [('mode', toUInt32(0), toString(mode), successful, vendor_errors, exceptions)],
                        []),
                    arrayMap(
                        (category, of_vendor, of_exception) -> ('error_category', toUInt32(0), toString(category), toUInt64(0), of_vendor, of_exception),
                        error_categories, error_vendor_errors, error_exceptions))) AS cut
            WHERE organization_id = {organization:String}
              AND bucket >= {read_from:DateTime64(3, 'UTC')}
              AND bucket < {end:DateTime64(3, 'UTC')}
              AND ({integration_key:Nullable(String)} IS NULL OR integration_key = {integration_key:Nullable(String)})
              AND ({mode:Nullable(String)} IS NULL OR mode = {mode:Nullable(String)})
              AND (level = 'day' AND dimensions IN {day_dimensions:Array(UInt8)}
                OR level = 'hour' AND dimensions IN {hour_dimensions:Array(UInt8)})
              AND (bucket >= {groups_from:DateTime64(3, 'UTC')} OR level = 'day' AND dimensions = {dimensions:UInt8})
            GROUP BY name, start, key, current
            )
            """;

    private final ClickHouse clickHouse;

    RollupsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Whether the table can answer. Its hours and days are in UTC, and it has no slugs. */
    static boolean serves(InvocationSlice slice) {
        return SERVED.contains(slice.granularity())
                && Zones.isUtc(slice.window().zone())
                && slice.slug().isEmpty();
    }

    /** @param tallies makes a collector of rows, a new one for each attempt */
    Tallies fetch(Caller caller, Wanted wanted, Supplier<Tallies> tallies) {
        InvocationSlice slice = wanted.slice();
        boolean integration = slice.integrationKey().isPresent();
        boolean mode = slice.mode().isPresent();
        String seriesLevel = slice.granularity() == Granularity.HOUR ? HOUR : DAY;
        int own = dimensions(integration, mode);
        int withIntegration = dimensions(true, mode);
        int withMode = dimensions(integration, true);

        Set<Integer> hours = new TreeSet<>();
        Set<Integer> days = new TreeSet<>();
        for (Cut cut : wanted.cuts()) {
            switch (cut) {
                case PERIOD -> days.add(own);
                case BUCKET -> (seriesLevel.equals(HOUR) ? hours : days).add(own);
                case INTEGRATION -> days.add(withIntegration);
                case MODE -> days.add(withMode);
                case ERROR_CATEGORY -> hours.add(own);
            }
        }
        Query query = clickHouse.query(caller, Found.FIRST + SQL + Found.LAST);
        return WindowBinding.instants(query, slice.window())
                .setting("enable_shared_storage_snapshot_in_query", "1")
                .setting("do_not_merge_across_partitions_select_final", "1")
                .bind("read_from", wanted.readFrom())
                .bind("groups_from", wanted.groupsFrom())
                .bind("limit", wanted.limit())
                .bind("granularity", slice.granularity().wireName())
                .bind("series_level", seriesLevel)
                .bind("integration_key", slice.integrationKey())
                .bind("mode", slice.mode())
                .bindStrings("cuts", wanted.cuts().stream().map(Cut::sqlName).toList())
                .bind("dimensions", own)
                .bind("integration_dimensions", withIntegration)
                .bind("mode_dimensions", withMode)
                .bindNumbers("hour_dimensions", hours)
                .bindNumbers("day_dimensions", days)
                .collect(tallies);
    }

    /** Which dimensions a row tells apart, as the table's column of that name says it. */
    private static int dimensions(boolean integration, boolean mode) {
        return (integration ? 1 : 0) + (mode ? 2 : 0);
    }
}
