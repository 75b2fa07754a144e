package dev.quarry.metrics.gold;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Bronze;
import dev.quarry.refining.Bucket;
import dev.quarry.refining.Comparison;
import dev.quarry.refining.Refinement;
import dev.quarry.refining.Workshop;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Keeps what the endpoints read in step with the events, an organisation's day at a time. */
@ApplicationScoped
class EventRefinement implements Refinement {
    /** Events that one statement takes on; a single day with more is taken on alone. */
    private static final long MOST_EVENTS = 2_000_000;

    /** A day of which TTL may have taken some events already is left as it is: rebuilding it would lose them. */
    private static final String SIZES = """
            SELECT organization_id, day, count() AS deliveries
            FROM events
            WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
              AND toDate32(day) + (SELECT days FROM event_retention) > toDate32(now('UTC'))
            GROUP BY organization_id, day
            ORDER BY organization_id, day
            """;

    private static final Comparison COMPARISON = new Comparison("""
                    SELECT
                        toDateTime(day, 'UTC') AS bucket,
                        concat(
                            toString(count()), ' events, ',
                            toString(countIf(kind = 'tool_call')), ' tool calls, ',
                            toString(uniqExactIf(user_id, user_id != '')), ' users') AS sums
                    FROM events FINAL
                    WHERE organization_id = {organization:String}
                      AND day >= toDate({from:DateTime('UTC')}) AND day < toDate({to:DateTime('UTC')})
                      AND toDate32(day) + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1
                    GROUP BY day
                    """, """
                    SELECT
                        toDateTime(day, 'UTC') AS bucket,
                        concat(toString(events), ' events, ', toString(tool_calls), ' tool calls, ', toString(active), ' users') AS sums
                    FROM activity_days FINAL
                    WHERE organization_id = {organization:String}
                      AND day >= toDate({from:DateTime('UTC')}) AND day < toDate({to:DateTime('UTC')})
                      AND toDate32(day) + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1
                      AND (events, tool_calls, active) != (0, 0, 0)
                    """);

    private record Sized(Bucket bucket, long events) {}

    @Override
    public String name() {
        return "events";
    }

    @Override
    public String marks() {
        return "event_marks";
    }

    @Override
    public List<Bronze> bronze() {
        return List.of(Bronze.byDay("events"));
    }

    @Override
    public List<String> gold() {
        return List.of(
                "activity_days", "cohorts", "session_days", "long_sessions", "session_corrections", "user_groups");
    }

    @Override
    public Comparison comparison() {
        return COMPARISON;
    }

    /**
     * In this order, since each step reads what the ones before it wrote. Sessions that reach over midnight come after the
     * days that they touch, so for that moment they count once a day instead of once.
     */
    @Override
    public void rebuild(Batch batch, Workshop workshop) {
        List<Batch> parts = parts(batch, workshop);
        for (Batch part : parts) {
            UserNumbers.assign(part, workshop);
            ActivityDays.rebuild(part, workshop);
            SessionDays.rebuild(part, workshop);
            LongSessions.rebuild(part, workshop);
            Cohorts.rebuild(part, workshop);
        }
        UserGroups.rebuild(batch, workshop);
    }

    private static List<Batch> parts(Batch batch, Workshop workshop) {
        List<Sized> days = workshop.statement(SIZES)
                .bindStrings("organizations", batch.organizations())
                .bindDays("days", batch.days())
                .list(row -> new Sized(
                        new Bucket(
                                row.nextString(),
                                row.nextDate().atStartOfDay(ZoneOffset.UTC).toInstant()),
                        row.nextLong()));
        List<Batch> parts = new ArrayList<>();
        List<Bucket> part = new ArrayList<>();
        long events = 0;
        for (Sized day : days) {
            if (!part.isEmpty() && events + day.events() > MOST_EVENTS) {
                parts.add(new Batch(batch.version(), part));
                part.clear();
                events = 0;
            }
            part.add(day.bucket());
            events += day.events();
        }
        if (!part.isEmpty()) {
            parts.add(new Batch(batch.version(), part));
        }
        return parts;
    }
}
