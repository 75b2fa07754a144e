package dev.quarry.apps.refining;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Refinement;
import dev.quarry.refining.Workshop;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Rebuilds gold for the hours that events arrived in: {@code app_vital_bins} first and {@code app_hours} after it, because
 * a version counts from the moment that {@code app_hours} has it.
 */
@ApplicationScoped
class AppHours implements Refinement {
    private static final String VITAL_BINS = """
            INSERT INTO app_vital_bins
                (organization_id, app_id, metric_name, bin, hour, version, samples, least, sorted)
            SELECT
                organization_id,
                app_id,
                metric_name,
                toInt16(bitShiftRight(
                    if(value < 0, bitNot(reinterpretAsInt64(-value)), reinterpretAsInt64(value + 0)), 48)) AS bin,
                toStartOfHour(timestamp) AS hour,
                {version:UInt64},
                count(),
                min(value) AS least,
                if(least = max(value), [], arraySort(groupArray(value)))
            FROM canvas_vitals FINAL
            WHERE (organization_id, toStartOfHour(timestamp))
                IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
            GROUP BY organization_id, app_id, metric_name, bin, hour
            """;

    /** An hour that gold has and bronze no longer has is written too, as zero. */
    private static final String HOURS = """
            INSERT INTO app_hours
                (organization_id, app_id, hour, version, errors, events, pageviews,
                    vitals.metric_name, vitals.bin, vitals.samples)
            SELECT
                organization_id,
                app_id,
                hour,
                {version:UInt64},
                [sum(quarter = 1), sum(quarter = 2), sum(quarter = 3), sum(quarter = 4)],
                sum(event),
                sum(pageview),
                groupArrayIf(metric_name, samples > 0),
                groupArrayIf(bin, samples > 0),
                groupArrayIf(samples, samples > 0)
            FROM
            (
                SELECT
                    organization_id, app_id, toStartOfHour(timestamp) AS hour,
                    intDiv(toMinute(timestamp), 15) + 1 AS quarter, 0 AS event, 0 AS pageview,
                    '' AS metric_name, 0::Int16 AS bin, 0::UInt64 AS samples
                FROM canvas_errors FINAL
                WHERE (organization_id, toStartOfHour(timestamp))
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                UNION ALL
                SELECT
                    organization_id, app_id, toStartOfHour(timestamp),
                    0, 1, event_type IN ('page_view', 'pageview'), '', 0, 0
                FROM canvas_app_events FINAL
                WHERE (organization_id, toStartOfHour(timestamp))
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                UNION ALL
                SELECT
                    organization_id, app_id, toStartOfHour(timestamp) AS hour,
                    0, 0, 0,
                    metric_name,
                    toInt16(bitShiftRight(
                        if(value < 0, bitNot(reinterpretAsInt64(-value)), reinterpretAsInt64(value + 0)), 48)) AS bin,
                    count()
                FROM canvas_vitals FINAL
                WHERE (organization_id, toStartOfHour(timestamp))
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
                GROUP BY organization_id, app_id, hour, metric_name, bin
                UNION ALL
                SELECT organization_id, app_id, hour, 0, 0, 0, '', 0, 0
                FROM app_hours
                WHERE (organization_id, hour)
                    IN arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})
            )
            GROUP BY organization_id, app_id, hour
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
    public void rebuild(Batch batch, Workshop workshop) {
        workshop.statement(VITAL_BINS).bindStarts(batch).execute();
        workshop.statement(HOURS).bindStarts(batch).execute();
    }
}
