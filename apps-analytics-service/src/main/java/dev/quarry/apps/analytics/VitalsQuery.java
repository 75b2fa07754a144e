package dev.quarry.apps.analytics;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.Stream;

/**
 * Reads percentiles of web vitals from bronze, or from gold the values inside a few bins of their histogram. Exact
 * percentiles of millions of samples so cost what the histogram costs, not what sorting the samples would.
 */
@ApplicationScoped
class VitalsQuery {
    /** By sorting every sample: for short windows the fastest, and all of one moment. */
    private static final String PERCENTILES = """
            SELECT
                metric_name,
                ascending[intDiv(50 * length(ascending) + 99, 100)],
                ascending[intDiv(75 * length(ascending) + 99, 100)],
                ascending[intDiv(95 * length(ascending) + 99, 100)],
                length(ascending)
            FROM
            (
                SELECT metric_name, arraySort(groupArray(value)) AS ascending
                FROM canvas_vitals FINAL
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND timestamp >= {start:DateTime64(3, 'UTC')}
                  AND timestamp < {end:DateTime64(3, 'UTC')}
                GROUP BY metric_name
            )
            ORDER BY metric_name
            """;

    /**
     * What stands at some places of bins in gold. Of each hour counts the version that the histogram has counted: an hour
     * that is being rebuilt may have bins of two.
     */
    private static final String VALUES = """
            SELECT
                place,
                length(ascending),
                arraySlice(
                    ascending,
                    {firsts:Array(UInt64)}[place],
                    {lasts:Array(UInt64)}[place] + 1 - {firsts:Array(UInt64)}[place])
            FROM
            (
                SELECT metric_name, bin, arraySort(groupArrayArray(samples)) AS ascending
                FROM app_vital_bins
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND (metric_name, bin) IN arrayZip({metrics:Array(String)}, {bins:Array(Int16)})
                  AND hour >= {start:DateTime64(3, 'UTC')}
                  AND hour < {end:DateTime64(3, 'UTC')}
                  AND version = {versions:Array(UInt64)}[1 + dateDiff('hour', {start:DateTime64(3, 'UTC')}, hour)]
                GROUP BY metric_name, bin
            )
            ARRAY JOIN arrayFilter(
                (place, metric, number) -> metric = metric_name AND number = bin,
                arrayEnumerate({metrics:Array(String)}), {metrics:Array(String)}, {bins:Array(Int16)}) AS place
            """;

    private final ClickHouse clickHouse;

    VitalsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** A sample of a bin, by its rank among gold's and bronze's together; the smallest has rank 1. */
    record Place(Bin bin, long rank) {
        /** Gold's samples before this one cannot be at the place, even if all of bronze's are smaller. */
        long first() {
            return Math.max(1, rank - bin.unrefined().size());
        }

        /** Nor can those after this one, even if all of bronze's are larger. */
        long last() {
            return Math.min(rank, bin.refined());
        }

        /** The sample, given gold's from the first to the last. */
        double value(List<Double> gold) {
            return Stream.concat(gold.stream(), bin.unrefined().stream())
                    .sorted()
                    .skip(rank - first())
                    .findFirst()
                    .orElseThrow();
        }
    }

    /**
     * What gold has of a place's bin.
     *
     * @param place its index in the list that was asked for
     * @param refined how many samples
     * @param values those from {@link Place#first} to {@link Place#last}
     */
    record Found(int place, long refined, List<Double> values) {}

    /** By name; metrics without samples are absent. */
    List<VitalSummary> percentiles(Caller caller, String app, Window window) {
        return clickHouse
                .query(caller, PERCENTILES)
                .bind("app", app)
                .bind("start", window.start())
                .bind("end", window.end())
                .list(row -> new VitalSummary(
                        row.nextString(), row.nextDouble(), row.nextDouble(), row.nextDouble(), row.nextLong()));
    }

    /**
     * In any order; places in bins that gold has nothing of are absent.
     *
     * @param versions of each hour that the window touches, in their order; 0 for an hour that gold does not have
     */
    List<Found> values(Caller caller, String app, Window window, List<Long> versions, List<Place> places) {
        return clickHouse
                .query(caller, VALUES)
                .bind("app", app)
                .bind("start", window.start())
                .bind("end", window.end())
                .bindNumbers("versions", versions)
                .bindStrings(
                        "metrics",
                        places.stream().map(place -> place.bin().metric()).toList())
                .bindNumbers(
                        "bins",
                        places.stream().map(place -> place.bin().number()).toList())
                .bindNumbers("firsts", places.stream().map(Place::first).toList())
                .bindNumbers("lasts", places.stream().map(Place::last).toList())
                .list(row -> new Found(row.nextInt() - 1, row.nextLong(), row.nextDoubles()));
    }
}
