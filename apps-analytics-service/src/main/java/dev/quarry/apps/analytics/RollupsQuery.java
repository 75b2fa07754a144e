package dev.quarry.apps.analytics;

import static dev.quarry.apps.analytics.OverviewWindow.QUARTER;

import dev.quarry.apps.analytics.OverviewWindow.Refined;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Reads the counts of gold, together with the web vitals of hours that gold lacks. */
@ApplicationScoped
class RollupsQuery {
    /**
     * One query reads all counts of gold. It also reads the samples of hours that gold does not have, as values and
     * only once, so that counts and percentiles use the same samples. It keeps the web vitals with the most samples.
     */
    private static final String ROLLUPS = """
            SELECT kind, metric_name, found.1, found.2, found.3, metrics
            FROM
            (
            SELECT
                kind,
                metric_name,
                groupArray((slot, counted, samples)) AS slots,
                count() OVER (PARTITION BY kind) AS metrics
            FROM
            (
            SELECT
                kind,
                metric_name,
                if(kind = 'error', exact_slot - exact_slot % {quarters:UInt16}, exact_slot) AS slot,
                sum(number) AS counted,
                emptyArrayFloat64() AS samples
            FROM app_rollups FINAL
            ARRAY JOIN
                counts.kind AS kind, counts.metric_name AS metric_name, counts.slot AS exact_slot, counts.number AS number
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND (granularity = 'day' AND bucket IN {touched_days:Array(DateTime('UTC'))}
                OR granularity = 'hour' AND bucket IN {hours:Array(DateTime('UTC'))})
              AND (granularity = 'hour' OR kind = 'version' OR bucket IN {whole_days:Array(DateTime('UTC'))})
            GROUP BY kind, metric_name, slot
            UNION ALL
            SELECT
                'vital',
                metric_name,
                toInt32(bin) AS slot,
                0 AS counted,
                groupArray(value) AS samples
            FROM canvas_vitals FINAL
            WHERE organization_id = {organization:String}
              AND app_id = {app:String}
              AND timestamp >= {start:DateTime64(3, 'UTC')}
              AND timestamp < {end:DateTime64(3, 'UTC')}
              AND toStartOfHour(timestamp) IN {bronze_hours:Array(DateTime('UTC'))}
            GROUP BY metric_name, slot
            )
            GROUP BY kind, metric_name
            ORDER BY sum(counted + length(samples)) DESC, metric_name
            LIMIT {most_metrics:UInt32} BY kind
            )
            ARRAY JOIN slots AS found
            """;

    /** The memory for samples of hours that gold lacks: eight million samples for one answer. */
    private static final String MOST_BYTES = "64000000";

    private final ClickHouse clickHouse;

    RollupsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /**
     * The counts of gold.
     *
     * @param slices in any order
     * @param vitals bins with samples in gold or bronze, of the web vitals with the most samples: by metric, ascending
     * @param omittedMetrics how many other metrics have samples
     * @param days the days whose samples were counted, ascending; days that gold does not have are absent
     */
    record Rollups(
            List<Slice> slices,
            Map<String, NavigableMap<Integer, Bin>> vitals,
            long omittedMetrics,
            List<SampledDay> days) {}

    /**
     * A day's samples in gold.
     *
     * @param version the version of the samples that were counted
     * @param hours the hours that were counted, in UTC: one bit per hour, the lowest bit for the first hour
     */
    record SampledDay(LocalDate day, long version, int hours) {}

    private record Count(String kind, String metric, int slot, long number, List<Double> values, long metrics) {}

    Rollups read(Caller caller, String app, OverviewWindow overview, List<Instant> bronzeHours, int mostMetrics) {
        Window window = overview.window();
        Refined refined = overview.refined(bronzeHours);
        List<Count> counts = clickHouse
                .query(caller, ROLLUPS)
                .bind("app", app)
                .bind("start", window.start())
                .bind("end", window.end())
                .bind("quarters", overview.measure().dividedBy(QUARTER))
                .bindInstants("touched_days", refined.touchedDays())
                .bindInstants("whole_days", refined.wholeDays())
                .bindInstants("hours", refined.hours())
                .bindInstants("bronze_hours", bronzeHours)
                .bind("most_metrics", mostMetrics)
                .setting("max_result_bytes", MOST_BYTES)
                .list(row -> new Count(
                        row.nextString(),
                        row.nextString(),
                        row.nextInt(),
                        row.nextLong(),
                        row.nextDoubles(),
                        row.nextLong()));

        List<Slice> slices = new ArrayList<>();
        Map<String, NavigableMap<Integer, Bin>> vitals = new TreeMap<>();
        SortedSet<SampledDay> days = new TreeSet<>(Comparator.comparing(SampledDay::day));
        for (Count count : counts) {
            switch (count.kind()) {
                case "error" ->
                    slices.add(new Slice(Instant.EPOCH.plus(QUARTER.multipliedBy(count.slot())), count.number(), 0, 0));
                case "event" -> slices.add(new Slice(window.start(), 0, count.number(), count.slot() * count.number()));
                case "vital" ->
                    vitals.computeIfAbsent(count.metric(), _ -> new TreeMap<>())
                            .merge(
                                    count.slot(),
                                    new Bin(count.metric(), count.slot(), count.number(), count.values()),
                                    Bin::plus);
                case "version" -> {
                    LocalDate day = LocalDate.ofEpochDay(count.slot());
                    int hours = refined.hoursOf(day.atStartOfDay().toInstant(ZoneOffset.UTC));
                    days.add(new SampledDay(day, count.number(), hours));
                }
                default -> throw new IllegalStateException("Not a kind of counts: " + count.kind());
            }
        }
        long metrics = counts.stream()
                .filter(count -> count.kind().equals("vital"))
                .mapToLong(Count::metrics)
                .findFirst()
                .orElse(0);
        return new Rollups(slices, vitals, metrics - vitals.size(), List.copyOf(days));
    }
}
