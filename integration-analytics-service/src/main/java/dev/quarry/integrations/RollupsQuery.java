package dev.quarry.integrations;

import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Query;
import dev.quarry.clickhouse.Row;
import dev.quarry.time.Granularity;
import dev.quarry.time.Zones;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Tallies from {@code invocation_rollups}, where a bucket's percentiles are ready and a day's latencies are counted: cost
 * follows the number of buckets and of different latencies, not of invocations.
 *
 * <p>Planning a statement costs the engine more than executing it: each column, condition and function takes its part. So a
 * panel has a short statement of its own, and a statement has only the conditions that its slice needs. Each statement
 * reads the table once, and {@link InvocationRollup} writes a day in one piece: all cuts are of the same moment. If there
 * are too many groups to send, a second statement lets the engine {@link Found#FIRST rank} them.
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
                sum(successful), sum(vendor_errors), sum(exceptions), sum(latency_sum), max(latency_max),
            """;

    /** Merged from days, in one column: each column of its own would cost the engine more planning. */
    private static final String PERCENTILES = """
                quantilesExactWeightedArray(0.5, 0.9, 0.95, 0.99)(latencies, latency_counts)
            """;

    private static final String NUMBERS = SUMS + PERCENTILES;

    private static final String FROM = """
            FROM invocation_rollups FINAL
            """;

    private static final String READ = """
            WHERE organization_id = {organization:String}
              AND bucket >= {read_from:DateTime('UTC')}
              AND bucket < {end:DateTime('UTC')}
            """;

    /** Skips the time between two windows. */
    private static final String GAP = """
              AND (bucket < {earlier_end:DateTime('UTC')} OR bucket >= {start:DateTime('UTC')})
            """;

    /** Without a filter, the dimensions alone tell which rows to read. */
    private static final String OF_INTEGRATION = """
              AND integration_key = {integration_key:String}
            """;

    private static final String OF_MODE = """
              AND mode = {mode:String}
            """;

    private static final String OF_DAYS = """
              AND level = 'day'
              AND dimensions = {dimensions:UInt8}
            """;

    private static final String AT_MOST = """
            LIMIT {most:UInt32}
            """;

    private static final String PERIOD = """
            SELECT
                bucket >= {start:DateTime('UTC')} AS current,
            """ + NUMBERS + FROM + READ + OF_DAYS;

    private static final String PERIOD_END = """
            GROUP BY current
            """;

    private static final String BUCKET = """
            SELECT
                bucket, successful, vendor_errors, exceptions, latency_sum, latency_max, p50, p90, p95, p99
            """ + FROM + READ + """
              AND level = {series_level:String}
              AND dimensions = {dimensions:UInt8}
            """;

    private static final String WEEK = """
            SELECT
                toMonday(bucket) AS monday,
            """ + NUMBERS + FROM + READ + OF_DAYS;

    private static final String WEEK_END = """
            GROUP BY monday
            """;

    private static final String INTEGRATION = """
            SELECT
                integration_key AS key,
                bucket >= {start:DateTime('UTC')} AS current,
            """ + NUMBERS + FROM + READ + OF_DAYS;

    private static final String MODE = """
            SELECT
                mode AS key,
                bucket >= {start:DateTime('UTC')} AS current,
            """ + NUMBERS + FROM + READ + OF_DAYS;

    private static final String ERROR_CATEGORY = """
            SELECT
                error_category AS key,
                bucket >= {start:DateTime('UTC')} AS current,
                sum(vendor_errors),
                sum(exceptions)
            """ + FROM + READ + OF_DAYS;

    private static final String GROUPS_END = """
            GROUP BY key, current
            """ + AT_MOST;

    /** Every cut. The dimensions tell of which; {@code place} is the start of a bucket, 0 if the row is not for a bucket. */
    private static final String EVERY_CUT = """
                integration_key, mode, error_category,
                dimensions,
                bucket >= {start:DateTime('UTC')} AS current,
            """ + SUMS + """
                max(p50), max(p90), max(p95), max(p99),
            """ + PERCENTILES + FROM;

    private static final String EVERY_CUT_BY_HOUR = """
            SELECT
                if(level = 'hour', toUnixTimestamp(bucket), 0) AS place,
            """ + EVERY_CUT + READ + """
              AND (level = 'hour' AND dimensions = {dimensions:UInt8} AND bucket >= {start:DateTime('UTC')}
                OR level = 'day' AND dimensions IN {day_dimensions:Array(UInt8)}
                    AND (dimensions = {dimensions:UInt8} OR bucket >= {start:DateTime('UTC')}))
            """;

    /** A day is part of its bucket and of the period. */
    private static final String EVERY_CUT_BY_DAY = """
            SELECT
                place,
            """ + EVERY_CUT + """
            ARRAY JOIN if(
                dimensions = {dimensions:UInt8} AND bucket >= {start:DateTime('UTC')},
                [0, toUnixTimestamp(if({by_week:Bool}, toDateTime(toMonday(bucket), 'UTC'), bucket))],
                [0]) AS place
            """ + READ + """
              AND level = 'day' AND dimensions IN {day_dimensions:Array(UInt8)}
              AND (dimensions = {dimensions:UInt8} OR bucket >= {start:DateTime('UTC')})
            """;

    private static final String EVERY_CUT_END = """
            GROUP BY place, dimensions, integration_key, mode, error_category, current
            """ + AT_MOST;

    /**
     * Any cuts, ranked by the engine. A row counts in each cut that the parameter {@code day_cuts} has for its dimensions.
     * Percentiles of a bucket by hour or day are those stored; all others are merged from days.
     */
    private static final String RANKED = Found.FIRST + """
            SELECT
                name AS cut,
                if(name != 'bucket', 0, toUnixTimestamp(if({by_week:Bool}, toDateTime(toMonday(bucket), 'UTC'), bucket))) AS place,
                multiIf(name = 'integration', integration_key, name = 'mode', mode, error_category) AS key,
                sum(successful) AS successes,
                sum(vendor_errors) AS vendor_failures,
                sum(exceptions) AS exception_failures,
                sum(latency_sum) AS total_latency,
                max(latency_max) AS largest_latency,
                (if(name = 'bucket' AND NOT {by_week:Bool},
                    [max(p50), max(p90), max(p95), max(p99)],
                    quantilesExactWeightedArray(0.5, 0.9, 0.95, 0.99)(latencies, latency_counts)) AS percentiles)[1] AS half,
                percentiles[2] AS ninety,
                percentiles[3] AS ninety_five,
                percentiles[4] AS ninety_nine,
                bucket >= {start:DateTime('UTC')} AS current
            FROM invocation_rollups FINAL
            ARRAY JOIN if(level = 'hour', ['bucket'], {day_cuts:Array(Array(String))}[dimensions + 1]) AS name
            WHERE organization_id = {organization:String}
              AND (level = 'day' AND dimensions IN {day_dimensions:Array(UInt8)}
                OR level = 'hour' AND dimensions IN {hour_dimensions:Array(UInt8)})
              AND ({integration_key:Nullable(String)} IS NULL OR integration_key = {integration_key:Nullable(String)})
              AND ({mode:Nullable(String)} IS NULL OR mode = {mode:Nullable(String)})
              AND bucket >= {read_from:DateTime('UTC')}
              AND bucket < {end:DateTime('UTC')}
              AND (bucket < {earlier_end:DateTime('UTC')} OR bucket >= {start:DateTime('UTC')})
              AND (bucket >= {groups_from:DateTime('UTC')} OR name = 'period')
            GROUP BY cut, place, key, current
            """ + Found.LAST;

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
                + (wanted.cuts().contains(Cut.BUCKET) ? wanted.slice().buckets() : 0);
        Ranking ranking = (wanted.cuts().size() == 1
                        ? panel(caller, wanted, wanted.cuts().iterator().next())
                        : everyCut(caller, wanted))
                .bind("most", most)
                .collect(() -> new Ranking(tallies.get(), most, reader(wanted)));
        return ranking.isComplete() ? ranking.tallies(wanted.limit()) : ranked(caller, wanted, tallies);
    }

    private Query panel(Caller caller, Wanted wanted, Cut cut) {
        InvocationSlice slice = wanted.slice();
        Query query = switch (cut) {
            case PERIOD -> read(caller, wanted, PERIOD, PERIOD_END);
            case BUCKET ->
                slice.granularity() == Granularity.WEEK
                        ? read(caller, wanted, WEEK, WEEK_END)
                        : read(caller, wanted, BUCKET, "").bind("series_level", seriesLevel(slice));
            case INTEGRATION -> read(caller, wanted, INTEGRATION, GROUPS_END);
            case MODE -> read(caller, wanted, MODE, GROUPS_END);
            case ERROR_CATEGORY -> read(caller, wanted, ERROR_CATEGORY, GROUPS_END);
        };
        return query.bind("dimensions", dimensions(slice, cut));
    }

    private Query everyCut(Caller caller, Wanted wanted) {
        InvocationSlice slice = wanted.slice();
        Query query = slice.granularity() == Granularity.HOUR
                ? read(caller, wanted, EVERY_CUT_BY_HOUR, EVERY_CUT_END)
                : read(caller, wanted, EVERY_CUT_BY_DAY, EVERY_CUT_END)
                        .bind("by_week", slice.granularity() == Granularity.WEEK);
        return query.setting("do_not_merge_across_partitions_select_final", "1")
                .bind("dimensions", dimensions(slice, Cut.PERIOD))
                .bindNumbers(
                        "day_dimensions",
                        wanted.cuts().stream()
                                .map(cut -> dimensions(slice, cut))
                                .collect(Collectors.toCollection(TreeSet::new)));
    }

    /** Has only the conditions that the slice needs: the engine would plan each of the others for nothing. */
    private Query read(
            Caller caller, Wanted wanted, @CompileTimeConstant String start, @CompileTimeConstant String end) {
        InvocationSlice slice = wanted.slice();
        Query query = clickHouse.query(
                caller,
                start
                        + (wanted.hasGap() ? GAP : "")
                        + (slice.integrationKey().isPresent() ? OF_INTEGRATION : "")
                        + (slice.mode().isPresent() ? OF_MODE : "")
                        + end);
        return bindSlice(query, wanted);
    }

    private static Query bindSlice(Query query, Wanted wanted) {
        InvocationSlice slice = wanted.slice();
        return query.onOneThread()
                .bindDateTime("start", slice.window().start())
                .bindDateTime("end", slice.window().end())
                .bindDateTime("read_from", inTable(wanted.readFrom()))
                .bindDateTime("earlier_end", inTable(wanted.earlierEnd()))
                .bind("integration_key", slice.integrationKey())
                .bind("mode", slice.mode());
    }

    /** The table's times begin in 1970, where the window before one of 1971 may not begin yet. */
    private static Instant inTable(Instant time) {
        return time.isBefore(Instant.EPOCH) ? Instant.EPOCH : time;
    }

    private static BiConsumer<Row, Ranking> reader(Wanted wanted) {
        InvocationSlice slice = wanted.slice();
        if (wanted.cuts().size() > 1) {
            return (row, ranking) -> readEveryCut(wanted, row, ranking);
        }
        Cut cut = wanted.cuts().iterator().next();
        return switch (cut) {
            case PERIOD ->
                (row, ranking) -> {
                    boolean current = row.nextBoolean();
                    ranking.add(Tally.merged(cut, Instant.EPOCH, "", row), current);
                };
            case BUCKET ->
                slice.granularity() == Granularity.WEEK
                        ? (row, ranking) -> ranking.addBucket(Tally.merged(cut, monday(row), "", row))
                        : (row, ranking) -> ranking.addBucket(Tally.of(cut, row.nextInstant(), "", row));
            case INTEGRATION, MODE ->
                (row, ranking) -> {
                    String key = row.nextString();
                    boolean current = row.nextBoolean();
                    ranking.add(Tally.merged(cut, Instant.EPOCH, key, row), current);
                };
            case ERROR_CATEGORY ->
                (row, ranking) -> {
                    String key = row.nextString();
                    boolean current = row.nextBoolean();
                    ranking.add(Tally.failures(cut, key, row.nextLong(), row.nextLong()), current);
                };
        };
    }

    private static Instant monday(Row row) {
        return row.nextDate().atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    /** Percentiles of a bucket by hour or day are those stored; all others are merged from days. */
    private static void readEveryCut(Wanted wanted, Row row, Ranking ranking) {
        InvocationSlice slice = wanted.slice();
        Instant bucket = Instant.ofEpochSecond(row.nextLong());
        String integration = row.nextString();
        String mode = row.nextString();
        String errorCategory = row.nextString();
        int dimensions = row.nextInt();
        boolean current = row.nextBoolean();
        Tally stored = Tally.of(Cut.BUCKET, bucket, "", row);
        Tally merged = stored.withPercentiles(row.nextLongs());
        if (!bucket.equals(Instant.EPOCH)) {
            ranking.addBucket(slice.granularity() == Granularity.WEEK ? merged : stored);
            return;
        }
        for (Cut cut : wanted.cuts()) {
            if (cut != Cut.BUCKET && dimensions(slice, cut) == dimensions && (current || cut == Cut.PERIOD)) {
                String key = switch (cut) {
                    case PERIOD, BUCKET -> "";
                    case INTEGRATION -> integration;
                    case MODE -> mode;
                    case ERROR_CATEGORY -> errorCategory;
                };
                ranking.add(merged.of(cut, key), current);
            }
        }
    }

    private Tallies ranked(Caller caller, Wanted wanted, Supplier<Tallies> tallies) {
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
        return bindSlice(clickHouse.query(caller, RANKED), wanted)
                .setting("do_not_merge_across_partitions_select_final", "1")
                .bindDateTime("groups_from", inTable(wanted.groupsFrom()))
                .bind("by_week", slice.granularity() == Granularity.WEEK)
                .bindStringLists("day_cuts", dayCuts)
                .bindNumbers("hour_dimensions", hours)
                .bindNumbers("day_dimensions", days)
                .bind("limit", wanted.limit())
                .collect(tallies);
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
