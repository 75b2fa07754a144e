package dev.quarry.apps.analytics;

import dev.quarry.apps.analytics.RollupsQuery.SampledDay;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Reads percentiles of web vitals from bronze, or values of a few histogram bins from gold. With the histogram, exact
 * percentiles of millions of samples need no sorting of all samples.
 */
@ApplicationScoped
class VitalsQuery {
    /** Sorts every sample: the fastest way for short windows, and all samples come from one snapshot. */
    private static final String PERCENTILES = """
            SELECT
                metric_name,
                ascending[intDiv(50 * length(ascending) + 99, 100)],
                ascending[intDiv(75 * length(ascending) + 99, 100)],
                ascending[intDiv(95 * length(ascending) + 99, 100)],
                length(ascending),
                metrics
            FROM
            (
                SELECT metric_name, arraySort(groupArray(value)) AS ascending, count() OVER () AS metrics
                FROM canvas_vitals FINAL
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND timestamp >= {start:DateTime64(3, 'UTC')}
                  AND timestamp < {end:DateTime64(3, 'UTC')}
                GROUP BY metric_name
                ORDER BY length(ascending) DESC, metric_name
                LIMIT {most_metrics:UInt32}
            )
            ORDER BY metric_name
            """;

    /**
     * The samples at some ranks of bins in gold. Of each day, it reads the version that the histogram counted, because
     * a day that is being rebuilt may have bins of two versions.
     */
    private static final String VALUES = """
            SELECT
                asked,
                length(ascending),
                arraySlice(
                    ascending,
                    {firsts:Array(UInt64)}[asked],
                    {lasts:Array(UInt64)}[asked] + 1 - {firsts:Array(UInt64)}[asked])
            FROM
            (
                SELECT
                    metric_name,
                    bin,
                    arraySort(groupArrayArray(if(
                        ({hours:Array(UInt32)}[indexOf({days:Array(Date)}, day)] AS counted) = {all_hours:UInt32},
                        samples.value,
                        arrayFilter((value, hour) -> bitTest(counted, hour), samples.value, samples.hour)))) AS ascending
                FROM app_vital_bins
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND (metric_name, bin) IN arrayZip({metrics:Array(String)}, {bins:Array(Int16)})
                  AND (day, version) IN arrayZip({days:Array(Date)}, {versions:Array(UInt64)})
                GROUP BY metric_name, bin
            )
            ARRAY JOIN arrayFilter(
                (asked, metric, number) -> metric = metric_name AND number = bin,
                arrayEnumerate({metrics:Array(String)}), {metrics:Array(String)}, {bins:Array(Int16)}) AS asked
            """;

    private final ClickHouse clickHouse;

    VitalsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Samples of a bin by their ranks among gold's samples, from 1. Both ends are included. */
    record Ranks(Bin bin, long first, long last) {}

    /**
     * Gold's samples of a bin.
     *
     * @param index of the request
     * @param refined how many samples the bin has
     * @param values the samples at the ranks, ascending
     */
    record Found(int index, long refined, List<Double> values) {}

    private record Counted(VitalSummary summary, long metrics) {}

    /** The metrics with the most samples, by name. Metrics without samples are absent. */
    VitalSummaries percentiles(Caller caller, String app, Window window, int mostMetrics) {
        List<Counted> counted = clickHouse
                .query(caller, PERCENTILES)
                .bind("app", app)
                .bind("start", window.start())
                .bind("end", window.end())
                .bind("most_metrics", mostMetrics)
                .list(row -> new Counted(
                        new VitalSummary(
                                row.nextString(), row.nextDouble(), row.nextDouble(), row.nextDouble(), row.nextLong()),
                        row.nextLong()));
        long metrics = counted.isEmpty() ? 0 : counted.getFirst().metrics();
        return new VitalSummaries(counted.stream().map(Counted::summary).toList(), metrics - counted.size());
    }

    /** In any order. Bins without samples in gold are absent. */
    List<Found> values(Caller caller, String app, List<SampledDay> days, List<Ranks> asked) {
        return clickHouse
                .query(caller, VALUES)
                .bind("app", app)
                .bindDays("days", days.stream().map(SampledDay::day).toList())
                .bindNumbers("versions", days.stream().map(SampledDay::version).toList())
                .bindNumbers("hours", days.stream().map(SampledDay::hours).toList())
                .bind("all_hours", OverviewWindow.ALL_HOURS)
                .bindStrings(
                        "metrics",
                        asked.stream().map(ranks -> ranks.bin().metric()).toList())
                .bindNumbers(
                        "bins",
                        asked.stream().map(ranks -> ranks.bin().number()).toList())
                .bindNumbers("firsts", asked.stream().map(Ranks::first).toList())
                .bindNumbers("lasts", asked.stream().map(Ranks::last).toList())
                .list(row -> new Found(row.nextInt() - 1, row.nextLong(), row.nextDoubles()));
    }
}
