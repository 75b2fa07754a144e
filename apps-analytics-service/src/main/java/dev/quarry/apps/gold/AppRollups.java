package dev.quarry.apps.gold;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bronze;
import dev.quarry.rollup.Comparison;
import dev.quarry.rollup.RebuildContext;
import dev.quarry.rollup.RollupDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Rebuilds the counts of the hours that received events, and the web vitals of their days. It writes
 * {@code app_vital_bins} before {@code app_vital_histograms}, because readers use a version of a day's samples as soon as
 * its histograms have it. Between the two, a merge may remove the samples of the version before; readers that miss them
 * read bronze.
 */
@ApplicationScoped
class AppRollups implements RollupDefinition {
    /**
     * Maximum number of days, each of one organisation, that one statement rebuilds. It sorts their samples in memory.
     */
    private static final int DAYS_AT_ONCE = 11;

    /** Also rewrites rows of gold whose events are no longer in bronze: they become empty. */
    private static final String COUNTS = """
            INSERT INTO app_counts
                (organization_id, app_id, granularity, bucket, version,
                    errors, pageviews, other_events, error_times, pageview_times, other_event_times)
            SELECT
                organization_id,
                app_id,
                span.1 AS level,
                toDateTime(intDiv(millis, 1000 * span.2) * span.2, 'UTC') AS start,
                {version:UInt64},
                countIf(kind = 'error'),
                countIf(kind = 'pageview'),
                countIf(kind = 'other'),
                arraySort(groupArrayIf(toUInt32(millis % 300000), level = 'five_minutes' AND kind = 'error')),
                arraySort(groupArrayIf(toUInt32(millis % 300000), level = 'five_minutes' AND kind = 'pageview')),
                arraySort(groupArrayIf(toUInt32(millis % 300000), level = 'five_minutes' AND kind = 'other'))
            FROM
            (
                SELECT organization_id, app_id, 'error' AS kind, toUnixTimestamp64Milli(timestamp) AS millis
                FROM canvas_errors FINAL
                WHERE (organization_id, toStartOfHour(timestamp))
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                UNION ALL
                SELECT
                    organization_id,
                    app_id,
                    if(event_type IN ('page_view', 'pageview'), 'pageview', 'other'),
                    toUnixTimestamp64Milli(timestamp)
                FROM canvas_app_events FINAL
                WHERE (organization_id, toStartOfHour(timestamp))
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                UNION ALL
                SELECT organization_id, app_id, '', 1000 * toInt64(toUnixTimestamp(bucket))
                FROM app_counts
                WHERE granularity = 'five_minutes'
                  AND (organization_id, toStartOfHour(bucket))
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
            )
            ARRAY JOIN [('quarter', 900), ('five_minutes', 300)] AS span
            GROUP BY organization_id, app_id, level, start
            """;

    /** Also rewrites rows of gold whose samples are no longer in bronze: they become empty. */
    private static final String VITAL_BINS = """
            INSERT INTO app_vital_bins (organization_id, app_id, metric_name, bin, day, version, values, times)
            SELECT
                organization_id,
                app_id,
                metric_name,
                number,
                of_day,
                {version:UInt64},
                tupleElement(arraySort(groupArrayIf((millis, sample), counts)) AS samples, 2),
                tupleElement(samples, 1)
            FROM
            (
                SELECT
                    organization_id,
                    app_id,
                    metric_name,
                    bin AS number,
                    toDate(timestamp) AS of_day,
                    toUInt32(toUnixTimestamp64Milli(timestamp) % 86400000) AS millis,
                    value AS sample,
                    true AS counts
                FROM canvas_vitals FINAL
                WHERE (organization_id, toDate(timestamp)) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                UNION ALL
                SELECT organization_id, app_id, metric_name, number, toDate(bucket), 0, 0, false
                FROM app_vital_histograms FINAL
                ARRAY JOIN metrics AS metric_name, bins AS number
                WHERE granularity = 'day'
                  AND (organization_id, toDate(bucket)) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
            )
            GROUP BY organization_id, app_id, metric_name, number, of_day
            """;

    /**
     * Counts the samples of the version that {@link #VITAL_BINS} wrote, so that both tables have the same samples even
     * if others arrived meanwhile. Also rewrites rows that no longer have samples: they become empty.
     */
    private static final String VITAL_HISTOGRAMS = """
            INSERT INTO app_vital_histograms
                (organization_id, app_id, granularity, bucket, version, metrics, bins, samples, times)
            SELECT
                organization_id,
                app_id,
                level,
                start,
                {version:UInt64},
                groupArrayIf(metric_name, counted > 0),
                groupArrayIf(number, counted > 0),
                groupArrayIf(counted, counted > 0),
                groupArrayIf(moments, counted > 0)
            FROM
            (
                SELECT
                    organization_id,
                    app_id,
                    span.1 AS level,
                    toDateTime(toDateTime(day, 'UTC') + millis.1 - millis.1 % span.2, 'UTC') AS start,
                    metric_name,
                    bin AS number,
                    toUInt32(count()) AS counted,
                    groupArrayIf(toUInt32(millis.1 % span.2 * 1000 + millis.2), level = 'five_minutes') AS moments
                FROM
                (
                    SELECT
                        organization_id, app_id, day, metric_name, bin,
                        arrayJoin(arrayMap(millis -> (intDiv(millis, 1000), millis % 1000), times)) AS millis
                    FROM app_vital_bins
                    WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                      AND version = {version:UInt64}
                )
                ARRAY JOIN [('day', 86400), ('hour', 3600), ('five_minutes', 300)] AS span
                GROUP BY organization_id, app_id, level, start, metric_name, number
                UNION ALL
                SELECT organization_id, app_id, granularity, bucket, '', 0, 0, []
                FROM app_vital_histograms
                WHERE (organization_id, toDate(bucket)) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
            )
            GROUP BY organization_id, app_id, level, start
            """;

    /** Copies the problems of the hours again. Problems that are no longer in the log stay: no answer shows them. */
    private static final String PROBLEMS = """
            INSERT INTO canvas_app_problems
                (organization_id, app_id, severity, timestamp, event_id, message, route_path, request_id, delivered)
            SELECT organization_id, app_id, severity, timestamp, event_id, message, route_path, request_id, delivered
            FROM canvas_app_logs FINAL
            WHERE (organization_id, toStartOfHour(timestamp))
                IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
              AND severity IN ('warn', 'error')
            """;

    /** The kind and time of each error and event in bronze. */
    private static final String MOMENTS = """
                    (
                        SELECT app_id, 'error' AS kind, timestamp AS moment
                        FROM canvas_errors FINAL
                        WHERE organization_id = {organization:String}
                          AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                        UNION ALL
                        SELECT app_id, if(event_type IN ('page_view', 'pageview'), 'pageview', 'other'), timestamp
                        FROM canvas_app_events FINAL
                        WHERE organization_id = {organization:String}
                          AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                    )
                    """;

    /** Compares hours, each day's samples of web vitals and their histograms, and the problems of a log with their copies. */
    private static final Comparison COMPARISON = new Comparison("""
                    SELECT
                        toStartOfHour(moment) AS bucket,
                        concat(toString(count()), ' of ', kind, ', hash ', toString(sum(cityHash64(app_id, moment)))) AS sums
                    FROM
                    """ + MOMENTS + """
                    WHERE toDate32(moment) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                    GROUP BY bucket, kind
                    UNION ALL
                    SELECT
                        toStartOfHour(moment) AS bucket,
                        concat(span.1, ': ', toString(count()), ' of ', kind, ', hash ', toString(sum(cityHash64(
                            app_id, toDateTime(intDiv(toUnixTimestamp(moment), span.2) * span.2, 'UTC'))))) AS sums
                    FROM
                    """ + MOMENTS + """
                    ARRAY JOIN [('quarter', 900), ('five_minutes', 300)] AS span
                    WHERE toDate32(moment) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                    GROUP BY bucket, span.1, kind
                    UNION ALL
                    SELECT
                        toStartOfDay(timestamp) AS bucket,
                        concat(toString(count()), ' samples, hash ',
                            toString(sum(cityHash64(app_id, metric_name, bin, value, timestamp)))) AS sums
                    FROM canvas_vitals FINAL
                    WHERE organization_id = {organization:String}
                      AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                      AND toDate32(timestamp) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                    GROUP BY bucket
                    UNION ALL
                    SELECT
                        toStartOfDay(timestamp) AS bucket,
                        concat('histograms by ', span.1, ': ', toString(count()), ' samples, hash ',
                            toString(sum(cityHash64(app_id, metric_name, bin,
                                toDateTime(intDiv(toUnixTimestamp(timestamp), span.2) * span.2, 'UTC'))))) AS sums
                    FROM canvas_vitals FINAL
                    ARRAY JOIN [('day', 86400), ('hour', 3600), ('five_minutes', 300)] AS span
                    WHERE organization_id = {organization:String}
                      AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                      AND toDate32(timestamp) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                    GROUP BY bucket, span.1
                    UNION ALL
                    SELECT
                        toStartOfDay(timestamp) AS bucket,
                        concat(toString(count()), ' times of samples, hash ',
                            toString(sum(cityHash64(app_id, metric_name, bin, timestamp)))) AS sums
                    FROM canvas_vitals FINAL
                    WHERE organization_id = {organization:String}
                      AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                      AND toDate32(timestamp) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                    GROUP BY bucket
                    UNION ALL
                    SELECT
                        toStartOfHour(timestamp) AS bucket,
                        concat(toString(count()), ' problems, hash ', toString(sum(cityHash64(
                            app_id, severity, timestamp, event_id, message, route_path, request_id)))) AS sums
                    FROM canvas_app_logs FINAL
                    WHERE organization_id = {organization:String}
                      AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                      AND toDate32(timestamp) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                      AND severity IN ('warn', 'error')
                    GROUP BY bucket
                    """, """
                    SELECT
                        toStartOfHour(start) AS bucket,
                        concat(toString(count()), ' of ', kind, ', hash ',
                            toString(sum(cityHash64(app_id, toDateTime64(start, 3, 'UTC') + toIntervalMillisecond(millis))))) AS sums
                    FROM
                    (
                        SELECT app_id, bucket AS start, kind, moments
                        FROM app_counts FINAL
                        ARRAY JOIN
                            ['error', 'pageview', 'other'] AS kind,
                            [error_times, pageview_times, other_event_times] AS moments
                        WHERE organization_id = {organization:String}
                          AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                          AND toDate32(bucket) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                    )
                    ARRAY JOIN moments AS millis
                    GROUP BY bucket, kind
                    UNION ALL
                    SELECT
                        toStartOfHour(start) AS bucket,
                        concat(level, ': ', toString(sum(number)), ' of ', kind, ', hash ',
                            toString(sum(cityHash64(app_id, start) * number))) AS sums
                    FROM
                    (
                        SELECT app_id, bucket AS start, granularity AS level, kind, number
                        FROM app_counts FINAL
                        ARRAY JOIN
                            ['error', 'pageview', 'other'] AS kind,
                            [errors, pageviews, other_events] AS number
                        WHERE organization_id = {organization:String}
                          AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                          AND toDate32(bucket) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                          AND number > 0
                    )
                    GROUP BY bucket, level, kind
                    UNION ALL
                    SELECT
                        toDateTime(day, 'UTC') AS bucket,
                        concat(toString(count()), ' samples, hash ',
                            toString(sum(cityHash64(app_id, metric_name, bin, value,
                                toDateTime64(day, 3, 'UTC') + toIntervalMillisecond(millis))))) AS sums
                    FROM app_vital_bins FINAL
                    ARRAY JOIN values AS value, times AS millis
                    WHERE organization_id = {organization:String}
                      AND day >= toDate({from:DateTime('UTC')}) AND day < toDate({to:DateTime('UTC')})
                      AND toDate32(day) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                      AND (app_id, day, version) IN
                      (
                          SELECT app_id, toDate(bucket), version
                          FROM app_vital_histograms FINAL
                          WHERE organization_id = {organization:String}
                            AND granularity = 'day'
                            AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                      )
                    GROUP BY day
                    UNION ALL
                    SELECT
                        toStartOfDay(start) AS bucket,
                        concat('histograms by ', level, ': ', toString(sum(counted)), ' samples, hash ',
                            toString(sum(cityHash64(app_id, metric_name, number, start) * counted))) AS sums
                    FROM
                    (
                        SELECT app_id, granularity AS level, bucket AS start, metric_name, number, counted
                        FROM app_vital_histograms FINAL
                        ARRAY JOIN metrics AS metric_name, bins AS number, samples AS counted
                        WHERE organization_id = {organization:String}
                          AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                          AND toDate32(bucket) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                    )
                    GROUP BY bucket, level
                    UNION ALL
                    SELECT
                        toStartOfDay(start) AS bucket,
                        concat(toString(count()), ' times of samples, hash ',
                            toString(sum(cityHash64(app_id, metric_name, number,
                                toDateTime64(start, 3, 'UTC') + toIntervalMillisecond(millis))))) AS sums
                    FROM
                    (
                        SELECT app_id, bucket AS start, metric_name, number, moments
                        FROM app_vital_histograms FINAL
                        ARRAY JOIN metrics AS metric_name, bins AS number, times AS moments
                        WHERE organization_id = {organization:String}
                          AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                          AND toDate32(bucket) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                    )
                    ARRAY JOIN moments AS millis
                    GROUP BY bucket
                    UNION ALL
                    SELECT
                        toStartOfHour(timestamp) AS bucket,
                        concat(toString(count()), ' problems, hash ', toString(sum(cityHash64(
                            app_id, severity, timestamp, event_id, message, route_path, request_id)))) AS sums
                    FROM canvas_app_problems FINAL
                    WHERE organization_id = {organization:String}
                      AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                      AND toDate32(timestamp) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                      AND (app_id, timestamp, event_id, delivered, severity) IN
                      (
                          SELECT app_id, timestamp, event_id, delivered, severity
                          FROM canvas_app_logs FINAL
                          WHERE organization_id = {organization:String}
                            AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                            AND severity IN ('warn', 'error')
                      )
                    GROUP BY bucket
                    """);

    @Override
    public String name() {
        return "apps";
    }

    @Override
    public String marks() {
        return "app_marks";
    }

    @Override
    public List<Bronze> bronze() {
        return List.of(Bronze.byApp("canvas_errors"), Bronze.byApp("canvas_vitals"), Bronze.byApp("canvas_app_events"));
    }

    @Override
    public List<String> gold() {
        return List.of("app_counts", "app_vital_bins", "app_vital_histograms");
    }

    @Override
    public Comparison comparison() {
        return COMPARISON;
    }

    @Override
    public void mend(Batch batch, RebuildContext context) {
        context.statement(PROBLEMS)
                .bindStrings("organizations", batch.organizations())
                .bindInstants("starts", batch.starts())
                .execute();
    }

    /**
     * With this limit, consecutive hours of a batch lie in the days of one statement, and loading a month leaves few
     * parts.
     */
    @Override
    public int largestBatch() {
        return 24 * (DAYS_AT_ONCE - 1);
    }

    @Override
    public void rebuild(Batch batch, RebuildContext context) {
        context.statement(COUNTS).bindStarts(batch).execute();
        batch.byDay(DAYS_AT_ONCE).forEach(some -> {
            context.statement(VITAL_BINS).bindDays(some).execute();
            context.statement(VITAL_HISTOGRAMS).bindDays(some).execute();
        });
    }
}
