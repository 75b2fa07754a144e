package dev.quarry.apps.analytics;

import dev.quarry.apps.analytics.PageVitals.Page;
import dev.quarry.apps.analytics.PageVitals.Rest;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Reads the web vitals of pages from bronze, because gold does not tell pages apart. So they may include samples that the
 * web vitals of the whole app do not have yet.
 */
@ApplicationScoped
class PageVitalsQuery {
    /**
     * The largest pages have the places 1 and up, all others together have the next one. Values are at least 0, but some
     * are -0, which abs makes 0.
     */
    private static final String BY_PAGE = """
            SELECT
                place,
                place_url,
                place_samples,
                page_count,
                metric_name,
                ascending[intDiv(50 * samples + 99, 100)],
                ascending[intDiv(75 * samples + 99, 100)],
                ascending[intDiv(95 * samples + 99, 100)],
                samples,
                metric_count
            FROM
            (
                SELECT
                    place,
                    place_url,
                    page_count,
                    metric_name,
                    ascending,
                    samples,
                    sum(samples) OVER (PARTITION BY place) AS place_samples,
                    count() OVER (PARTITION BY place) AS metric_count,
                    row_number() OVER (PARTITION BY place ORDER BY samples DESC, metric_name) AS place_of_metric
                FROM
                (
                    SELECT
                        least(page_place, toUInt64({pages:UInt32}) + 1) AS place,
                        any(page) AS place_url,
                        any(pages) AS page_count,
                        metric_name,
                        arraySort(groupArrayArray(page_values)) AS ascending,
                        length(ascending) AS samples
                    FROM
                    (
                        SELECT page, metric_name, page_values, page_place, max(page_place) OVER () AS pages
                        FROM
                        (
                            SELECT
                                page,
                                metric_name,
                                page_values,
                                dense_rank() OVER (ORDER BY page_samples DESC, page) AS page_place
                            FROM
                            (
                                SELECT
                                    page,
                                    metric_name,
                                    page_values,
                                    sum(length(page_values)) OVER (PARTITION BY page) AS page_samples
                                FROM
                                (
                                    SELECT
                                        ifNull(url, '') AS page,
                                        metric_name,
                                        groupArray(abs(value)) AS page_values
                                    FROM canvas_vitals FINAL
                                    WHERE organization_id = {organization:String}
                                      AND app_id = {app:String}
                                      AND timestamp >= {start:DateTime64(3, 'UTC')}
                                      AND timestamp < {end:DateTime64(3, 'UTC')}
                                    GROUP BY page, metric_name
                                )
                            )
                        )
                    )
                    GROUP BY place, metric_name
                )
            )
            WHERE place_of_metric <= {most_metrics:UInt32}
            ORDER BY place, metric_name
            """;

    /** Every sample of the window is read and sorted. */
    private static final int WEIGHT = 4;

    private final ClickHouse clickHouse;

    PageVitalsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** @param pageCount how many pages have samples */
    private record Found(
            long place, String url, long placeSamples, long pageCount, VitalSummary summary, long metricCount) {}

    /**
     * Summarises the web vitals by page.
     *
     * @param mostPages maximum number of pages, those with the most samples; ties by the bytes of their URLs. With 0, all
     *     pages are the rest
     * @param mostMetrics maximum number of web vitals of a page, those with the most samples
     */
    PageVitals fetch(Caller caller, String app, Window window, int mostPages, int mostMetrics) {
        SortedMap<Long, List<Found>> places = new TreeMap<>();
        WindowBinding.instants(clickHouse.query(caller, BY_PAGE), window)
                .weight(WEIGHT)
                .setting("do_not_merge_across_partitions_select_final", "1")
                .bind("app", app)
                .bind("pages", mostPages)
                .bind("most_metrics", mostMetrics)
                .list(row -> new Found(
                        row.nextLong(),
                        row.nextString(),
                        row.nextLong(),
                        row.nextLong(),
                        new VitalSummary(
                                row.nextString(), row.nextDouble(), row.nextDouble(), row.nextDouble(), row.nextLong()),
                        row.nextLong()))
                .forEach(found -> places.computeIfAbsent(found.place(), _ -> new ArrayList<>())
                        .add(found));
        List<Page> largest = places.headMap(mostPages + 1L).values().stream()
                .map(page -> new Page(page.getFirst().url(), page.getFirst().placeSamples(), summaries(page)))
                .toList();
        Optional<Rest> rest = Optional.ofNullable(places.get(mostPages + 1L))
                .map(pages -> new Rest(
                        pages.getFirst().pageCount() - mostPages,
                        pages.getFirst().placeSamples(),
                        summaries(pages)));
        return new PageVitals(largest, rest);
    }

    /**
     * Summarises the web vitals of all pages together.
     *
     * @param mostMetrics maximum number of web vitals, those with the most samples
     */
    VitalSummaries ofAllPages(Caller caller, String app, Window window, int mostMetrics) {
        return fetch(caller, app, window, 0, mostMetrics)
                .rest()
                .map(Rest::vitals)
                .orElse(VitalSummaries.NONE);
    }

    private static VitalSummaries summaries(List<Found> found) {
        return new VitalSummaries(
                found.stream().map(Found::summary).toList(), found.getFirst().metricCount() - found.size());
    }
}
