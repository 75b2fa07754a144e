package dev.quarry.apps.refining;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Refinement;
import dev.quarry.refining.Workshop;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Rebuilds gold for the hours that events arrived in: {@code app_vital_bins} first and {@code app_rollups} after it, because
 * a version counts from the moment that {@code app_rollups} has it. Then the days of these hours.
 */
@ApplicationScoped
class AppRollups implements Refinement {
    private static final String VITAL_BINS = """
            INSERT INTO app_vital_bins
                (organization_id, app_id, metric_name, bin, hour, version, samples)
            SELECT
                organization_id,
                app_id,
                metric_name,
                toInt16(bitShiftRight(
                    if(value < 0, bitNot(reinterpretAsInt64(-value)), reinterpretAsInt64(value + 0)), 48)) AS bin,
                toStartOfHour(timestamp) AS hour,
                {version:UInt64},
                arraySort(groupArray(value))
            FROM canvas_vitals FINAL
            WHERE (organization_id, toStartOfHour(timestamp))
                IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
            GROUP BY organization_id, app_id, metric_name, bin, hour
            """;

    /** An hour that gold has and bronze no longer has is written too, as nothing but its version. */
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
                arrayPushBack(groupArrayIf(kind, number > 0), 'version'),
                arrayPushBack(groupArrayIf(metric_name, number > 0), ''),
                arrayPushBack(groupArrayIf(slot, number > 0), toInt32(intDiv(toUnixTimestamp(hour), 3600))),
                arrayPushBack(groupArrayIf(number, number > 0), {version:UInt64})
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
                    toInt32(bitShiftRight(
                        if(value < 0, bitNot(reinterpretAsInt64(-value)), reinterpretAsInt64(value + 0)), 48)) AS slot,
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
                groupArray(kind),
                groupArray(metric_name),
                groupArray(slot),
                groupArray(number)
            FROM
            (
                SELECT
                    organization_id, app_id, toStartOfDay(bucket) AS day, kind, metric_name, slot, sum(of_hour) AS number
                FROM app_rollups FINAL
                ARRAY JOIN
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

    /** Ten days, so that a month's load leaves few parts behind. */
    @Override
    public int largestBatch() {
        return 240;
    }

    @Override
    public void rebuild(Batch batch, Workshop workshop) {
        workshop.statement(VITAL_BINS).bindStarts(batch).execute();
        workshop.statement(HOURS).bindStarts(batch).execute();
        workshop.statement(DAYS).bindDays(batch).execute();
    }
}
