package dev.quarry.apps.analytics;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads web vitals: the histogram, and values of a few of its bins. With the histogram, exact percentiles of millions of
 * samples need no sorting of all samples.
 */
@ApplicationScoped
class VitalsQuery {
    /**
     * Reads whole days, the hours around them, the five minutes around these, and the times of the samples in the five
     * minutes that the window cuts. The rows without a metric have the version of each day.
     */
    private static final String HISTOGRAM = """
            SELECT
                metric_name,
                groupArray(slot),
                groupArray(counted),
                countIf(metric_name != '') OVER ()
            FROM
            (
                SELECT metric_name, slot, if(metric_name = '', max(number), sum(number)) AS counted
                FROM app_vital_histograms FINAL
                ARRAY JOIN
                    arrayPushBack(metrics, '') AS metric_name,
                    arrayPushBack(bins, toInt32(toDate(bucket))) AS slot,
                    arrayPushBack(
                        if(
                            granularity = 'five_minutes' AND bucket IN {cut:Array(DateTime('UTC'))},
                            arrayMap(
                                moments -> arrayCount(
                                    millis ->
                                        1000 * toUnixTimestamp(bucket) + millis
                                            >= toUnixTimestamp64Milli({start:DateTime64(3, 'UTC')})
                                        AND 1000 * toUnixTimestamp(bucket) + millis
                                            < toUnixTimestamp64Milli({end:DateTime64(3, 'UTC')}),
                                    moments),
                                times),
                            samples),
                        version) AS number
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND (granularity = 'day'
                      AND bucket >= {from_day:DateTime('UTC')} AND bucket < {until_day:DateTime('UTC')}
                    OR granularity = 'hour'
                      AND bucket >= {from_hour:DateTime('UTC')} AND bucket < {until_hour:DateTime('UTC')}
                      AND NOT (bucket >= {from_day:DateTime('UTC')} AND bucket < {until_day:DateTime('UTC')})
                    OR granularity = 'five_minutes'
                      AND bucket >= {from:DateTime('UTC')} AND bucket < {until:DateTime('UTC')}
                      AND NOT (bucket >= {from_hour:DateTime('UTC')} AND bucket < {until_hour:DateTime('UTC')}))
                GROUP BY metric_name, slot
                HAVING counted > 0
            )
            GROUP BY metric_name
            ORDER BY metric_name != '', sum(counted) DESC, metric_name
            LIMIT {most_groups:UInt32}
            """;

    /** Reads the version that the histogram counted, because a day that is being rebuilt may have bins of two versions. */
    private static final String VALUES = """
            SELECT asked, length(ascending), ascending[{ranks:Array(UInt64)}[asked]]
            FROM
            (
                SELECT
                    metric_name,
                    bin,
                    arraySort(groupArrayArray(if(
                        day IN {cut:Array(Date)},
                        arrayFilter(
                            (value, millis) ->
                                86400000 * toInt64(day) + millis >= {start_millis:Int64}
                                AND 86400000 * toInt64(day) + millis < {end_millis:Int64},
                            values,
                            times),
                        values))) AS ascending
                FROM app_vital_bins
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND (metric_name, bin) IN arrayZip({metrics:Array(String)}, {bins:Array(UInt16)})
                  AND (day, version) IN arrayZip({days:Array(Date)}, {versions:Array(UInt64)})
                GROUP BY metric_name, bin
            )
            ARRAY JOIN arrayFilter(
                (asked, metric, number) -> metric = metric_name AND number = bin,
                arrayEnumerate({metrics:Array(String)}), {metrics:Array(String)}, {bins:Array(UInt16)}) AS asked
            """;

    private static final Duration DAY = Duration.ofDays(1);
    private static final Duration HOUR = Duration.ofHours(1);

    private final ClickHouse clickHouse;

    VitalsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /**
     * The samples in a window.
     *
     * @param bins all bins of the metrics with the most samples, in any order
     * @param metrics how many metrics have samples
     * @param days the days whose samples were counted
     */
    record Histogram(List<Bin> bins, long metrics, List<CountedDay> days) {}

    /** @param version the version of the day's samples */
    record CountedDay(LocalDate day, long version) {}

    private record Found(String metric, List<Long> slots, List<Long> numbers, long metrics) {}

    /**
     * The sample at a place.
     *
     * @param samples how many samples the bin has; if a rebuild replaced some, not all of them may be found
     */
    record Sample(Place place, long samples, double value) {}

    /** @param mostMetrics maximum number of metrics, those with the most samples */
    Histogram histogram(Caller caller, String app, Window window, int mostMetrics) {
        WindowRows days = WindowRows.of(window, DAY);
        WindowRows hours = WindowRows.of(window, HOUR);
        WindowRows fiveMinutes = WindowRows.of(window, CountsQuery.FIVE_MINUTES);
        List<Found> found = WindowBinding.instants(clickHouse.query(caller, HISTOGRAM), window)
                .onOneThread()
                .bind("app", app)
                .bindDateTime("from_day", days.from())
                .bindDateTime("until_day", days.until())
                .bindDateTime("from_hour", hours.from())
                .bindDateTime("until_hour", hours.until())
                .bindDateTime("from", fiveMinutes.touched())
                .bindDateTime("until", fiveMinutes.touchedUntil())
                .bindInstants("cut", fiveMinutes.cut())
                .bind("most_groups", mostMetrics + 1)
                .list(row -> new Found(row.nextString(), row.nextLongs(), row.nextLongs(), row.nextLong()));
        List<Bin> bins = new ArrayList<>();
        List<CountedDay> counted = new ArrayList<>();
        for (Found one : found) {
            for (int i = 0; i < one.slots().size(); i++) {
                int slot = Math.toIntExact(one.slots().get(i));
                long number = one.numbers().get(i);
                if (one.metric().isEmpty()) {
                    counted.add(new CountedDay(LocalDate.ofEpochDay(slot), number));
                } else {
                    bins.add(new Bin(one.metric(), slot, number));
                }
            }
        }
        return new Histogram(bins, found.isEmpty() ? 0 : found.getFirst().metrics(), counted);
    }

    private static LocalDate day(Instant start) {
        return LocalDate.ofInstant(start, ZoneOffset.UTC);
    }

    /** In any order. Places in bins without samples are absent. */
    List<Sample> samples(Caller caller, String app, Window window, List<CountedDay> days, List<Place> places) {
        return clickHouse
                .query(caller, VALUES)
                .bind("app", app)
                .bind("start_millis", window.start().toEpochMilli())
                .bind("end_millis", window.end().toEpochMilli())
                .bindDays(
                        "cut",
                        WindowRows.of(window, DAY).cut().stream()
                                .map(VitalsQuery::day)
                                .toList())
                .bindDays("days", days.stream().map(CountedDay::day).toList())
                .bindNumbers("versions", days.stream().map(CountedDay::version).toList())
                .bindStrings(
                        "metrics",
                        places.stream().map(place -> place.bin().metric()).toList())
                .bindNumbers(
                        "bins",
                        places.stream().map(place -> place.bin().number()).toList())
                .bindNumbers("ranks", places.stream().map(Place::rank).toList())
                .list(row -> new Sample(places.get(row.nextInt() - 1), row.nextLong(), row.nextDouble()));
    }
}
