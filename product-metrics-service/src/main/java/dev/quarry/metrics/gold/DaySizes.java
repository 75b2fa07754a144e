package dev.quarry.metrics.gold;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bucket;
import dev.quarry.rollup.RebuildContext;
import java.util.ArrayList;
import java.util.List;

/** How many events days have, so that no statement reads too many. */
final class DaySizes {
    /**
     * Skips days whose events TTL may have deleted in part: a rebuild would lose the deleted events. A day without
     * events is rebuilt as empty.
     */
    private static final String SIZES = """
            SELECT organization_id, day, deliveries
            FROM (
              SELECT bucket.1 AS organization_id, bucket.2 AS day
              FROM (SELECT arrayJoin(arrayZip({organizations:Array(String)}, {days:Array(Date)})) AS bucket)) AS asked
            LEFT JOIN (
              SELECT organization_id, day, count() AS deliveries
              FROM events
              WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
              GROUP BY organization_id, day) AS counted
            USING (organization_id, day)
            WHERE toDate32(day) + (SELECT days FROM event_retention) > toDate32(now('UTC'))
            ORDER BY organization_id, day
            """;

    record Sized(Bucket bucket, long events) {}

    private DaySizes() {}

    /** The sizes of the batch's days, by organisation and day. */
    static List<Sized> of(Batch batch, RebuildContext context) {
        return context.statement(SIZES)
                .bindStrings("organizations", batch.organizations())
                .bindDays("days", batch.days())
                .list(row -> new Sized(Batches.bucket(row), row.nextLong()));
    }

    /** Parts in the order of the days. Each has at most so many events, or is one day with more. */
    static List<List<Bucket>> parts(List<Sized> days, long mostEvents) {
        List<List<Bucket>> parts = new ArrayList<>();
        List<Bucket> part = new ArrayList<>();
        long events = 0;
        for (Sized day : days) {
            if (!part.isEmpty() && events + day.events() > mostEvents) {
                parts.add(part);
                part = new ArrayList<>();
                events = 0;
            }
            part.add(day.bucket());
            events += day.events();
        }
        if (!part.isEmpty()) {
            parts.add(part);
        }
        return parts;
    }
}
