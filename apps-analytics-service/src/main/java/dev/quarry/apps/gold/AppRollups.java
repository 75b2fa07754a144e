package dev.quarry.apps.gold;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bronze;
import dev.quarry.rollup.Comparison;
import dev.quarry.rollup.RebuildContext;
import dev.quarry.rollup.RollupDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Rebuilds the hours of gold that received events, and their days. It writes {@code app_vital_bins} first and the days
 * of {@code app_rollups} last, because readers use a version as soon as the day's row has it.
 */
@ApplicationScoped
class AppRollups implements RollupDefinition {
    /**
     * Maximum number of days, each of one organisation, that one statement rebuilds. It sorts their samples in memory.
     */
    private static final int DAYS_AT_ONCE = 11;

    private static final String VITAL_BINS = """
            INSERT INTO app_vital_bins
                (organization_id, app_id, metric_name, bin, day, version, samples.hour, samples.value)
            SELECT
                organization_id,
                app_id,
                metric_name,
                bin,
                toDate(timestamp) AS day,
                {version:UInt64},
                tupleElement(arraySort(groupArray((toHour(timestamp), value))) AS samples, 1),
                tupleElement(samples, 2)
            FROM canvas_vitals FINAL
            WHERE (organization_id, toDate(timestamp)) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
            GROUP BY organization_id, app_id, metric_name, bin, day
            """;

    /** Also writes hours that gold has and bronze no longer has, without counts. */
    private static final String HOURS = """
            INSERT INTO app_rollups
                (organization_id, app_id, granularity, bucket, version,
                    counts.kind, counts.metric_name, counts.slot, counts.number)
            SELECT
                organization_id,
                app_id,
                'hour',
                hour,
                {version:UInt64},
                groupArrayIf(kind, number > 0),
                groupArrayIf(metric_name, number > 0),
                groupArrayIf(slot, number > 0),
                groupArrayIf(number, number > 0)
            FROM
            (
                SELECT
                    organization_id, app_id, toStartOfHour(timestamp) AS hour,
                    'error' AS kind,
                    '' AS metric_name,
                    toInt32(intDiv(toUnixTimestamp(timestamp), 900)) AS slot,
                    count() AS number
                FROM canvas_errors FINAL
                WHERE (organization_id, toStartOfHour(timestamp))
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                GROUP BY organization_id, app_id, hour, slot
                UNION ALL
                SELECT
                    organization_id, app_id, toStartOfHour(timestamp) AS hour,
                    'event',
                    '',
                    toInt32(event_type IN ('page_view', 'pageview')) AS slot,
                    count()
                FROM canvas_app_events FINAL
                WHERE (organization_id, toStartOfHour(timestamp))
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                GROUP BY organization_id, app_id, hour, slot
                UNION ALL
                SELECT
                    organization_id, app_id, toStartOfHour(timestamp) AS hour,
                    'vital',
                    metric_name,
                    toInt32(bin) AS slot,
                    count()
                FROM canvas_vitals FINAL
                WHERE (organization_id, toStartOfHour(timestamp))
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                GROUP BY organization_id, app_id, hour, metric_name, slot
                UNION ALL
                SELECT organization_id, app_id, bucket, '', '', 0, 0
                FROM app_rollups
                WHERE granularity = 'hour'
                  AND (organization_id, bucket)
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
            )
            GROUP BY organization_id, app_id, hour
            """;

    private static final String DAYS = """
            INSERT INTO app_rollups
                (organization_id, app_id, granularity, bucket, version,
                    counts.kind, counts.metric_name, counts.slot, counts.number)
            SELECT
                organization_id,
                app_id,
                'day',
                day,
                {version:UInt64},
                arrayPushBack(groupArrayIf(kind, number > 0), 'version'),
                arrayPushBack(groupArrayIf(metric_name, number > 0), ''),
                arrayPushBack(groupArrayIf(slot, number > 0), toInt32(toDate(day))),
                arrayPushBack(groupArrayIf(number, number > 0), {version:UInt64})
            FROM
            (
                SELECT
                    organization_id, app_id, toStartOfDay(bucket) AS day, kind, metric_name, slot, sum(of_hour) AS number
                FROM app_rollups FINAL
                LEFT ARRAY JOIN
                    counts.kind AS kind, counts.metric_name AS metric_name, counts.slot AS slot, counts.number AS of_hour
                WHERE granularity = 'hour'
                  AND (organization_id, toDate(bucket)) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                GROUP BY organization_id, app_id, day, kind, metric_name, slot
            )
            GROUP BY organization_id, app_id, day
            """;

    /** Records rebuilt hours for requests that read gold at the same time; see {@code UnrefinedHours}. */
    private static final String REBUILT = """
            INSERT INTO app_rebuilt_hours (organization_id, bucket)
            SELECT hour.1, hour.2
            FROM (SELECT arrayJoin(arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})) AS hour)
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

    /**
     * Compares hours, each day's samples of web vitals, each day with the sum of its hours, and the problems of a log
     * with their copies.
     */
    private static final Comparison COMPARISON = new Comparison("""
                    SELECT
                        hour AS bucket,
                        concat(toString(count()), ' of ', kind, ', hash ', toString(sum(cityHash64(app_id, metric_name, slot)))) AS sums
                    FROM
                    (
                        SELECT
                            toStartOfHour(timestamp) AS hour, app_id, 'error' AS kind, '' AS metric_name,
                            toInt32(intDiv(toUnixTimestamp(timestamp), 900)) AS slot
                        FROM canvas_errors FINAL
                        WHERE organization_id = {organization:String}
                          AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                        UNION ALL
                        SELECT
                            toStartOfHour(timestamp), app_id, 'event', '',
                            toInt32(event_type IN ('page_view', 'pageview'))
                        FROM canvas_app_events FINAL
                        WHERE organization_id = {organization:String}
                          AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                        UNION ALL
                        SELECT toStartOfHour(timestamp), app_id, 'vital', metric_name, toInt32(bin)
                        FROM canvas_vitals FINAL
                        WHERE organization_id = {organization:String}
                          AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                    )
                    WHERE toDate32(hour) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                    GROUP BY hour, kind
                    UNION ALL
                    SELECT
                        toStartOfDay(timestamp) AS bucket,
                        concat(toString(count()), ' samples, hash ',
                            toString(sum(cityHash64(app_id, metric_name, bin, value, toHour(timestamp))))) AS sums
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
                        hour AS bucket,
                        concat(toString(sum(number)), ' of ', kind, ', hash ',
                            toString(sum(cityHash64(app_id, metric_name, slot) * number))) AS sums
                    FROM
                    (
                        SELECT bucket AS hour, app_id, kind, metric_name, slot, number
                        FROM app_rollups FINAL
                        ARRAY JOIN
                            counts.kind AS kind, counts.metric_name AS metric_name, counts.slot AS slot, counts.number AS number
                        WHERE organization_id = {organization:String}
                          AND granularity = 'hour'
                          AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                          AND toDate32(bucket) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                    )
                    GROUP BY hour, kind
                    UNION ALL
                    SELECT toDateTime(day, 'UTC') AS bucket,
                        concat(toString(sum(length(samples.value))), ' samples, hash ',
                            toString(sum(arraySum(
                                (value, hour) -> cityHash64(app_id, metric_name, bin, value, hour),
                                samples.value,
                                samples.hour)))) AS sums
                    FROM app_vital_bins FINAL
                    WHERE organization_id = {organization:String}
                      AND day >= toDate({from:DateTime('UTC')}) AND day < toDate({to:DateTime('UTC')})
                      AND toDate32(day) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                      AND (app_id, day, version) IN
                      (
                          SELECT app_id, toDate(bucket), version
                          FROM app_rollups FINAL
                          WHERE organization_id = {organization:String}
                            AND granularity = 'day'
                            AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                      )
                    GROUP BY day
                    HAVING sum(length(samples.value)) > 0
                    UNION ALL
                    SELECT of_day AS bucket, 'the day is not the sum of its hours' AS sums
                    FROM
                    (
                        SELECT
                            toStartOfDay(bucket) AS of_day,
                            sumIf(cityHash64(app_id, kind, metric_name, slot) * number, granularity = 'hour') AS hours,
                            sumIf(cityHash64(app_id, kind, metric_name, slot) * number, granularity = 'day') AS days
                        FROM app_rollups FINAL
                        ARRAY JOIN
                            counts.kind AS kind, counts.metric_name AS metric_name, counts.slot AS slot, counts.number AS number
                        WHERE organization_id = {organization:String}
                          AND kind != 'version'
                          AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                          AND toDate32(bucket) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                        GROUP BY of_day
                    )
                    WHERE hours != days
                    UNION ALL
                    SELECT
                        toStartOfHour(timestamp) AS bucket,
                        concat(toString(count()), ' problems, hash ', toString(sum(cityHash64(
                            app_id, severity, timestamp, event_id, message, route_path, request_id)))) AS sums
                    FROM canvas_app_problems FINAL
                    WHERE organization_id = {organization:String}
                      AND timestamp >= {from:DateTime('UTC')} AND timestamp < {to:DateTime('UTC')}
                      AND toDate32(timestamp) + (SELECT app_days FROM event_retention) > toDate32(now('UTC')) + 1
                      AND (app_id, timestamp, event_id, delivered) IN
                      (
                          SELECT app_id, timestamp, event_id, delivered
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
        return List.of("app_rollups", "app_vital_bins");
    }

    @Override
    public boolean bronzeStandsIn() {
        return true;
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
        List<Batch> days = batch.byDay(DAYS_AT_ONCE);
        days.forEach(some -> context.statement(VITAL_BINS).bindDays(some).execute());
        context.statement(HOURS).bindStarts(batch).execute();
        days.forEach(some -> context.statement(DAYS).bindDays(some).execute());
        context.statement(REBUILT)
                .bindStrings("organizations", batch.organizations())
                .bindInstants("starts", batch.starts())
                .execute();
    }
}
