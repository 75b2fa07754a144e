package dev.quarry.apps.refining;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Refinement;
import dev.quarry.refining.Workshop;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Rebuilds gold for the hours that events arrived in, and their days: {@code app_vital_bins} first and the days of
 * {@code app_rollups} last, because a version counts from the moment that a day has it.
 */
@ApplicationScoped
class AppRollups implements Refinement {
    /** Organisations' days whose samples one statement sorts, in memory. */
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

    /** An hour that gold has and bronze no longer has is written too, without counts. */
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

    @Override
    public String name() {
        return "apps";
    }

    @Override
    public String marks() {
        return "app_marks";
    }

    @Override
    public boolean bronzeStandsIn() {
        return true;
    }

    /** Hours that follow one another then lie in the days of one statement, and a month's load leaves few parts behind. */
    @Override
    public int largestBatch() {
        return 24 * (DAYS_AT_ONCE - 1);
    }

    @Override
    public void rebuild(Batch batch, Workshop workshop) {
        List<Batch> days = batch.byDay(DAYS_AT_ONCE);
        days.forEach(some -> workshop.statement(VITAL_BINS).bindDays(some).execute());
        workshop.statement(HOURS).bindStarts(batch).execute();
        days.forEach(some -> workshop.statement(DAYS).bindDays(some).execute());
    }
}
