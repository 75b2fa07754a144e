package dev.quarry.metrics.gold;

import dev.quarry.metrics.gold.UserChanges.Applied;
import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bronze;
import dev.quarry.rollup.Bucket;
import dev.quarry.rollup.Comparison;
import dev.quarry.rollup.RebuildContext;
import dev.quarry.rollup.RollupDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Keeps gold up to date with the events. A bucket is a day of one organisation. */
@ApplicationScoped
class EventRollup implements RollupDefinition {
    /**
     * Maximum number of events that one statement reads. A single day with more events is rebuilt alone. The days right
     * after these come on top if their sessions change too.
     */
    private static final long MOST_EVENTS = 2_000_000;

    /**
     * Changes of users that an interrupted rebuild did not apply everywhere, except changes that a later rebuild
     * replaced.
     */
    private static final String UNFINISHED = """
            SELECT version, part, groupArray(organization_id)
            FROM (
              SELECT organization_id, version, part, max(user_id = '') AS finished
              FROM user_changes
              WHERE version > {finished:UInt64} AND version < {version:UInt64}
              GROUP BY organization_id, version, part) AS found
            LEFT JOIN (
              SELECT organization_id, max((version, part)) AS newest
              FROM user_changes
              WHERE version > {finished:UInt64} AND user_id = ''
              GROUP BY organization_id) AS later
            USING (organization_id)
            WHERE finished = 0 AND (version, part) > newest
            GROUP BY version, part
            ORDER BY version, part
            """;

    private static final String FINISH = """
            INSERT INTO user_changes (organization_id, version, part)
            SELECT arrayJoin({organizations:Array(String)}), {version:UInt64}, {part:UInt16}
            """;

    private static final String MARK = """
            INSERT INTO event_marks (organization_id, bucket)
            SELECT outdated.1, toDateTime(outdated.2, 'UTC')
            FROM (SELECT arrayJoin(arrayZip({organizations:Array(String)}, {days:Array(Date)})) AS outdated)
            """;

    private final long mostEvents;

    /**
     * By shard: all its changes of users up to this version are applied. The value 0 is always safe and costs one more
     * read.
     */
    private final Map<Integer, Long> finished = new ConcurrentHashMap<>();

    EventRollup() {
        this(MOST_EVENTS);
    }

    /** @param mostEvents as {@link #MOST_EVENTS} */
    EventRollup(long mostEvents) {
        this.mostEvents = mostEvents;
    }

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
        return List.of("activity_days", "activity_counts", "cohorts", "users", "user_changes", "user_groups");
    }

    @Override
    public Comparison comparison() {
        return EventComparison.SQL;
    }

    /**
     * The order matters, because each step reads the rows that earlier steps wrote. The rows of the days come after
     * those of the users: until they are written, another attempt finds the same users to check.
     */
    @Override
    public void rebuild(Batch batch, RebuildContext context) {
        boolean nothingWaits = finish(batch, context);
        List<List<Bucket>> parts = DaySizes.parts(DaySizes.of(batch, context), mostEvents);
        List<Bucket> rebuilt = new ArrayList<>();
        for (int number = 0; number < parts.size(); number++) {
            var part = new Batch(batch.version(), parts.get(number));
            UserChanges.find(part, number, context);
            put(Applied.of(part, number), context);
            rebuilt.addAll(rebuildDays(part, context));
        }
        if (!rebuilt.isEmpty()) {
            ActivityCounts.rebuild(
                    new Batch(batch.version(), rebuilt.stream().distinct().toList()), context);
        }
        if (nothingWaits) {
            finished.put(context.shard(), batch.version());
        }
    }

    /** Writes cohorts and groups of users again as a whole; a rebuild only adds its changes to them. */
    @Override
    public void mend(Batch batch, RebuildContext context) {
        finish(batch, context);
        Cohorts.recount(batch, context);
        UserGroups.recount(batch, context);
    }

    /**
     * Applies the changes of users that earlier rebuilds found for the batch's organisations. Changes of other
     * organisations wait for their own batch: an organisation whose rows cannot be written must not block this one.
     *
     * @return whether no changes are left
     */
    private boolean finish(Batch batch, RebuildContext context) {
        Set<String> organizations = Set.copyOf(batch.organizations());
        boolean all = true;
        for (Applied unfinished : context.statement(UNFINISHED)
                .bind("finished", finished.getOrDefault(context.shard(), 0L))
                .bind("version", batch.version())
                .list(row -> new Applied(row.nextLong(), row.nextInt(), row.nextStrings()))) {
            List<String> own = unfinished.organizations().stream()
                    .filter(organizations::contains)
                    .toList();
            if (!own.isEmpty()) {
                put(new Applied(unfinished.version(), unfinished.part(), own), context);
            }
            all &= own.size() == unfinished.organizations().size();
        }
        return all;
    }

    private static void put(Applied applied, RebuildContext context) {
        UserChanges.apply(applied, context);
        Cohorts.apply(applied, context);
        UserGroups.apply(applied, context);
        applied.bindTo(context.statement(FINISH)).execute();
    }

    /**
     * Writes the rows of the part's days, and of the later days whose sessions change with them. If these are too many for
     * one statement, the next statement begins right after the days of this one: a day depends on the days before only
     * through the row of the last one. Between two statements, readers of the rows may see a session at this border twice
     * or not at all.
     *
     * <p>Marks the days that it leaves to the next statement before it writes. If the pass is killed in between, the next
     * pass would not find them: it looks on from the part's days only as far as days are outdated.
     *
     * @return the days that were written
     */
    private List<Bucket> rebuildDays(Batch part, RebuildContext context) {
        List<Bucket> rebuilt = new ArrayList<>();
        Deque<Batch> waiting = new ArrayDeque<>(List.of(part));
        while (!waiting.isEmpty()) {
            var days = Sessions.withFollowing(waiting.removeFirst(), mostEvents, context);
            if (!days.left().isEmpty()) {
                Batch left = new Batch(part.version(), days.left());
                context.statement(MARK)
                        .bindStrings("organizations", left.organizations())
                        .bindDays("days", left.days())
                        .execute();
                DaySizes.parts(DaySizes.of(left, context), mostEvents)
                        .forEach(next -> waiting.addLast(new Batch(part.version(), next)));
            }
            ActivityDays.rebuild(days.batch(), context);
            rebuilt.addAll(days.batch().buckets());
        }
        return rebuilt;
    }
}
