package dev.quarry.integrations;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Granularity;
import dev.quarry.time.Zones;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * Tallies from {@code invocation_rollups}, where a bucket's percentiles are ready and a day's latencies are counted: cost
 * follows the number of buckets and of different latencies, not of invocations.
 *
 * <p>Planning a statement costs the engine more than executing it, so a panel has a short statement of its own. Each
 * statement reads the table once, and {@link InvocationRollup} writes a day in one piece: all cuts are of the same moment. If
 * there are too many groups to send, a second statement lets the engine {@link Found#FIRST rank} them.
 */
@ApplicationScoped
class RollupsQuery {
    private static final String HOUR = "hour";
    private static final String DAY = "day";
    private static final Set<Granularity> SERVED = Set.of(Granularity.HOUR, Granularity.DAY, Granularity.WEEK);

    /** Adds to {@code dimensions}: the row is for an error category. */
    private static final int OF_CATEGORY = 4;

    private static final int MOST_DIMENSIONS = 7;

    /** Rows of groups, of this window and the earlier one, above which the engine ranks the groups. */
    private static final int MOST_ROWS_TO_RANK = 5_000;

    private static final String SUMS = """
                sum(successful) AS successes,
                sum(vendor_errors) AS vendor_failures,
                sum(exceptions) AS exception_failures,
                sum(latency_sum) AS total_latency,
                max(latency_max) AS largest_latency,
            """;

    private static final String PERCENTILES = """
                (quantilesExactWeightedArray(0.5, 0.9, 0.95, 0.99)(latencies, latency_counts) AS percentiles)[1] AS half,
                percentiles[2] AS ninety,
                percentiles[3] AS ninety_five,
                percentiles[4] AS ninety_nine,
            """;

    private static final String CURRENT = """
                bucket >= {start:DateTime64(3, 'UTC')} AS current
            FROM invocation_rollups FINAL
            WHERE organization_id = {organization:String}
            """;

    /** Rows of exactly the slice's integration and mode; where the slice has none, the columns are empty. */
    private static final String OF_SLICE = """
              AND dimensions = {dimensions:UInt8}
              AND integration_key = {integration_key:String}
              AND mode = {mode:String}
            """;

    private static final String READ = """
              AND bucket >= {read_from:DateTime64(3, 'UTC')}
              AND bucket < {end:DateTime64(3, 'UTC')}
              AND (bucket < {earlier_end:DateTime64(3, 'UTC')} OR bucket >= {start:DateTime64(3, 'UTC')})
            """;

    private static final String AT_MOST = """
            LIMIT {most:UInt32}
            """;

    private static final String PERIOD = """
            SELECT
                'period' AS cut,
                toUInt32(0) AS place,
                '' AS key,
            """ + SUMS + PERCENTILES + CURRENT + OF_SLICE + READ + """
              AND level = 'day'
            GROUP BY current
            """ + AT_MOST;

    private static final String BUCKET = """
            SELECT
                'bucket' AS cut,
                toUnixTimestamp(bucket) AS place,
                '' AS key,
                successful, vendor_errors, exceptions, latency_sum, latency_max, p50, p90, p95, p99,
            """ + CURRENT + OF_SLICE + READ + """
              AND level = {series_level:String}
            """ + AT_MOST;

    private static final String WEEK = """
            SELECT
                'bucket' AS cut,
                toUnixTimestamp(toDateTime(toMonday(bucket), 'UTC')) AS place,
                '' AS key,
            """ + SUMS + PERCENTILES + CURRENT + OF_SLICE + READ + """
              AND level = 'day'
            GROUP BY place, current
            """ + AT_MOST;

    private static final String INTEGRATION = """
            SELECT
                'integration' AS cut,
                toUInt32(0) AS place,
                integration_key AS key,
            """ + SUMS + PERCENTILES + CURRENT + READ + """
              AND level = 'day'
              AND dimensions = {dimensions:UInt8}
              AND ({integration_key:Nullable(String)} IS NULL OR integration_key = {integration_key:Nullable(String)})
              AND mode = {mode:String}
            GROUP BY key, current
            """ + AT_MOST;

    private static final String MODE = """
            SELECT
                'mode' AS cut,
                toUInt32(0) AS place,
                mode AS key,
            """ + SUMS + PERCENTILES + CURRENT + READ + """
              AND level = 'day'
              AND dimensions = {dimensions:UInt8}
              AND integration_key = {integration_key:String}
              AND ({mode:Nullable(String)} IS NULL OR mode = {mode:Nullable(String)})
            GROUP BY key, current
            """ + AT_MOST;

    private static final String ERROR_CATEGORY = """
            SELECT
                'error_category' AS cut,
                toUInt32(0) AS place,
                error_category AS key,
            """ + SUMS + """
                0 AS half,
                0 AS ninety,
                0 AS ninety_five,
                0 AS ninety_nine,
            """ + CURRENT + OF_SLICE + READ + """
              AND level = 'day'
            GROUP BY key, current
            """ + AT_MOST;

    /**
     * Any cuts. A row counts in each cut that the parameter {@code day_cuts} has for its dimensions. Percentiles of a
     * bucket by hour or day are those stored; all others are merged from days.
     */
    private static final String CUTS = """
            SELECT
                name AS cut,
                if(name != 'bucket', 0, toUnixTimestamp(if({by_week:Bool}, toDateTime(toMonday(bucket), 'UTC'), bucket))) AS place,
                multiIf(name = 'integration', integration_key, name = 'mode', mode, error_category) AS key,
            """ + SUMS + """
                (if(name = 'bucket' AND NOT {by_week:Bool},
                    [max(p50), max(p90), max(p95), max(p99)],
                    quantilesExactWeightedArray(0.5, 0.9, 0.95, 0.99)(latencies, latency_counts)) AS percentiles)[1] AS half,
                percentiles[2] AS ninety,
                percentiles[3] AS ninety_five,
                percentiles[4] AS ninety_nine,
                bucket >= {start:DateTime64(3, 'UTC')} AS current
            FROM invocation_rollups FINAL
            ARRAY JOIN if(level = 'hour', ['bucket'], {day_cuts:Array(Array(String))}[dimensions + 1]) AS name
            WHERE organization_id = {organization:String}
              AND (level = 'day' AND dimensions IN {day_dimensions:Array(UInt8)}
                OR level = 'hour' AND dimensions IN {hour_dimensions:Array(UInt8)})
              AND ({integration_key:Nullable(String)} IS NULL OR integration_key = {integration_key:Nullable(String)})
              AND ({mode:Nullable(String)} IS NULL OR mode = {mode:Nullable(String)})
            """ + READ + """
              AND (bucket >= {groups_from:DateTime64(3, 'UTC')} OR name = 'period')
            GROUP BY cut, place, key, current
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
        int most = MOST_ROWS_TO_RANK
                + (wanted.cuts().contains(Cut.BUCKET)
                        ? wanted.slice().spine().buckets().size()
                        : 0);
        Query query = wanted.cuts().size() == 1
                ? panel(caller, wanted, wanted.cuts().iterator().next())
                : cuts(clickHouse.query(caller, CUTS + AT_MOST), wanted);
        Ranking ranking = bindWindow(query, wanted).bind("most", most).collect(() -> new Ranking(tallies.get(), most));
        if (ranking.isComplete()) {
            return ranking.tallies(wanted.limit());
        }
        Query ranked = cuts(clickHouse.query(caller, Found.FIRST + CUTS + Found.LAST), wanted);
        return bindWindow(ranked, wanted).bind("limit", wanted.limit()).collect(tallies);
    }

    private static Query bindWindow(Query query, Wanted wanted) {
        return WindowBinding.instants(query, wanted.slice().window())
                .onOneThread()
                .bind("read_from", wanted.readFrom())
                .bind("earlier_end", wanted.earlierEnd());
    }

    private Query panel(Caller caller, Wanted wanted, Cut cut) {
        InvocationSlice slice = wanted.slice();
        Query query = switch (cut) {
            case PERIOD -> clickHouse.query(caller, PERIOD);
            case BUCKET ->
                slice.granularity() == Granularity.WEEK
                        ? clickHouse.query(caller, WEEK)
                        : clickHouse.query(caller, BUCKET).bind("series_level", seriesLevel(slice));
            case INTEGRATION -> clickHouse.query(caller, INTEGRATION);
            case MODE -> clickHouse.query(caller, MODE);
            case ERROR_CATEGORY -> clickHouse.query(caller, ERROR_CATEGORY);
        };
        return query.bind("dimensions", dimensions(slice, cut))
                .bind(
                        "integration_key",
                        cut == Cut.INTEGRATION ? slice.integrationKey() : orEmpty(slice.integrationKey()))
                .bind("mode", cut == Cut.MODE ? slice.mode() : orEmpty(slice.mode()));
    }

    private static Optional<String> orEmpty(Optional<String> filter) {
        return filter.or(() -> Optional.of(""));
    }

    private static Query cuts(Query query, Wanted wanted) {
        InvocationSlice slice = wanted.slice();
        List<List<String>> dayCuts = IntStream.rangeClosed(0, MOST_DIMENSIONS)
                .<List<String>>mapToObj(_ -> new ArrayList<>())
                .toList();
        Set<Integer> hours = new TreeSet<>();
        Set<Integer> days = new TreeSet<>();
        for (Cut cut : wanted.cuts()) {
            int dimensions = dimensions(slice, cut);
            if (cut == Cut.BUCKET && seriesLevel(slice).equals(HOUR)) {
                hours.add(dimensions);
            } else {
                days.add(dimensions);
                dayCuts.get(dimensions).add(cut.sqlName());
            }
        }
        return query.setting("do_not_merge_across_partitions_select_final", "1")
                .bind("groups_from", wanted.groupsFrom())
                .bind("by_week", slice.granularity() == Granularity.WEEK)
                .bind("integration_key", slice.integrationKey())
                .bind("mode", slice.mode())
                .bindStringLists("day_cuts", dayCuts)
                .bindNumbers("hour_dimensions", hours)
                .bindNumbers("day_dimensions", days);
    }

    private static String seriesLevel(InvocationSlice slice) {
        return slice.granularity() == Granularity.HOUR ? HOUR : DAY;
    }

    /** The value of the table's column {@code dimensions} in the rows that a cut is made from. */
    private static int dimensions(InvocationSlice slice, Cut cut) {
        boolean integration = slice.integrationKey().isPresent() || cut == Cut.INTEGRATION;
        boolean mode = slice.mode().isPresent() || cut == Cut.MODE;
        return (integration ? 1 : 0) + (mode ? 2 : 0) + (cut == Cut.ERROR_CATEGORY ? OF_CATEGORY : 0);
    }
}
