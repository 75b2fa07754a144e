package dev.quarry.apps.analytics;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;

/**
 * Reads web vitals as a histogram, and then the values inside a few of its bins. Exact percentiles of millions of samples
 * so cost what the histogram costs, not what sorting the samples would.
 */
@ApplicationScoped
class VitalsQuery {
    private static final String HISTOGRAM = """
            SELECT metric_name, bin, sum(samples), min(least), max(most)
            FROM
            (
                SELECT metric_name, bin, samples, least, most
                FROM app_vital_bins
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND hour >= {start:DateTime64(3, 'UTC')}
                  AND hour < {end:DateTime64(3, 'UTC')}
                  AND (hour, version) IN
                  (
                      SELECT hour, version
                      FROM app_hours FINAL
                      WHERE organization_id = {organization:String}
                        AND app_id = {app:String}
                        AND hour >= {start:DateTime64(3, 'UTC')}
                        AND hour < {end:DateTime64(3, 'UTC')}
                        AND hour NOT IN {bronze_hours:Array(DateTime('UTC'))}
                  )
                UNION ALL
                SELECT
                    metric_name,
                    toInt16(bitShiftRight(
                        if(value < 0, bitNot(reinterpretAsInt64(-value)), reinterpretAsInt64(value + 0)), 48)),
                    1,
                    value,
                    value
                FROM canvas_vitals FINAL
                WHERE organization_id = {organization:String}
                  AND app_id = {app:String}
                  AND timestamp >= {start:DateTime64(3, 'UTC')}
                  AND timestamp < {end:DateTime64(3, 'UTC')}
                  AND toStartOfHour(timestamp) IN {bronze_hours:Array(DateTime('UTC'))}
            )
            GROUP BY metric_name, bin
            ORDER BY metric_name, bin
            """;

    /** The value at each rank of its bin. */
    private static final String VALUES = """
            SELECT metric_name, bin, rank, ascending[least(rank, length(ascending))]
            FROM
            (
                SELECT metric_name, bin, arraySort(groupArrayArray(part)) AS ascending
                FROM
                (
                    SELECT metric_name, bin, if(empty(sorted), arrayWithConstant(samples, least), sorted) AS part
                    FROM app_vital_bins
                    WHERE organization_id = {organization:String}
                      AND app_id = {app:String}
                      AND (metric_name, bin) IN arrayZip({metrics:Array(String)}, {bins:Array(Int16)})
                      AND hour >= {start:DateTime64(3, 'UTC')}
                      AND hour < {end:DateTime64(3, 'UTC')}
                      AND (hour, version) IN
                      (
                          SELECT hour, version
                          FROM app_hours FINAL
                          WHERE organization_id = {organization:String}
                            AND app_id = {app:String}
                            AND hour >= {start:DateTime64(3, 'UTC')}
                            AND hour < {end:DateTime64(3, 'UTC')}
                            AND hour NOT IN {bronze_hours:Array(DateTime('UTC'))}
                      )
                    UNION ALL
                    SELECT
                        metric_name,
                        toInt16(bitShiftRight(
                            if(value < 0, bitNot(reinterpretAsInt64(-value)), reinterpretAsInt64(value + 0)), 48)) AS bin,
                        [value]
                    FROM canvas_vitals FINAL
                    WHERE organization_id = {organization:String}
                      AND app_id = {app:String}
                      AND timestamp >= {start:DateTime64(3, 'UTC')}
                      AND timestamp < {end:DateTime64(3, 'UTC')}
                      AND toStartOfHour(timestamp) IN {bronze_hours:Array(DateTime('UTC'))}
                      AND (metric_name, bin) IN arrayZip({metrics:Array(String)}, {bins:Array(Int16)})
                )
                GROUP BY metric_name, bin
            )
            ARRAY JOIN arrayFilter(
                (rank, metric, number) -> metric = metric_name AND number = bin,
                {ranks:Array(UInt64)}, {metrics:Array(String)}, {bins:Array(Int16)}) AS rank
            """;

    private final ClickHouse clickHouse;

    VitalsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /**
     * The samples of a metric whose values begin with the same 16 bits.
     *
     * @param number grows with the values
     */
    record Bin(String metric, int number, long samples, double least, double most) {}

    /** A place in a bin; the first is 1. */
    record Place(String metric, int bin, long rank) {}

    /** A place and what stands there. */
    record Found(Place place, double value) {}

    /** Bins that have samples, by metric and ascending. */
    List<Bin> histogram(Caller caller, String app, Window window, List<Instant> bronzeHours) {
        return clickHouse
                .query(caller, HISTOGRAM)
                .bind("app", app)
                .bind("start", window.start())
                .bind("end", window.end())
                .bindInstants("bronze_hours", bronzeHours)
                .list(row ->
                        new Bin(row.nextString(), row.nextInt(), row.nextLong(), row.nextDouble(), row.nextDouble()));
    }

    List<Found> values(Caller caller, String app, Window window, List<Instant> bronzeHours, List<Place> places) {
        return clickHouse
                .query(caller, VALUES)
                .bind("app", app)
                .bind("start", window.start())
                .bind("end", window.end())
                .bindInstants("bronze_hours", bronzeHours)
                .bindStrings("metrics", places.stream().map(Place::metric).toList())
                .bindNumbers("bins", places.stream().map(Place::bin).toList())
                .bindNumbers("ranks", places.stream().map(Place::rank).toList())
                .list(row -> new Found(new Place(row.nextString(), row.nextInt(), row.nextLong()), row.nextDouble()));
    }
}
