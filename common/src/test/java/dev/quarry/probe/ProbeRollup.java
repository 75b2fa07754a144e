package dev.quarry.probe;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bronze;
import dev.quarry.rollup.Comparison;
import dev.quarry.rollup.RebuildContext;
import dev.quarry.rollup.RollupDefinition;
import dev.quarry.testing.Stores;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A rollup as small as can be: how many events each day has. */
@ApplicationScoped
public class ProbeRollup implements RollupDefinition {
    private static final String TABLE = "probe_days";

    private final List<Batch> batches = new CopyOnWriteArrayList<>();
    private volatile Consumer<Batch> beforeRebuild = batch -> {};
    private volatile Runnable mending = () -> {};

    /** Creates what it writes, in ClickHouse. */
    public static void createTable() {
        Stores.createTable(TABLE, """
                (organization String, day Date, version UInt64, events UInt64)
                ENGINE = ReplacingMergeTree(version) ORDER BY (organization, day)
                """);
    }

    @Override
    public String name() {
        return "probe";
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
        return List.of(TABLE);
    }

    @Override
    public Comparison comparison() {
        return new Comparison("""
                SELECT toDateTime(day, 'UTC') AS bucket, toString(count()) AS sums
                FROM events FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate({from:DateTime('UTC')}) AND day < toDate({to:DateTime('UTC')})
                GROUP BY day
                """, """
                SELECT toDateTime(day, 'UTC') AS bucket, toString(events) AS sums
                FROM probe_days FINAL
                WHERE organization = {organization:String}
                  AND day >= toDate({from:DateTime('UTC')}) AND day < toDate({to:DateTime('UTC')})
                  AND events > 0
                """);
    }

    @Override
    public int largestBatch() {
        return 2;
    }

    @Override
    public void rebuild(Batch batch, RebuildContext context) {
        batches.add(batch);
        beforeRebuild.accept(batch);
        context.statement("""
                INSERT INTO probe_days
                SELECT organization_id, day, {version:UInt64}, sum(events)
                FROM
                (
                    SELECT organization_id, day, 1 AS events
                    FROM events FINAL
                    WHERE (organization_id, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                    UNION ALL
                    SELECT organization, day, 0
                    FROM probe_days
                    WHERE (organization, day) IN arrayZip({organizations:Array(String)}, {days:Array(Date)})
                )
                GROUP BY organization_id, day
                """).bindDays(batch).execute();
    }

    @Override
    public void mend(Batch batch, RebuildContext context) {
        mending.run();
    }

    /** What it was called with since the last time this was asked. */
    public List<Batch> batches() {
        List<Batch> called = List.copyOf(batches);
        batches.clear();
        return called;
    }

    /** What happens in the middle of the next rebuilds. */
    public void beforeRebuild(Runnable action) {
        beforeRebuild = batch -> action.run();
    }

    /** Runs in the middle of the next rebuilds, with their batch. */
    public void beforeRebuild(Consumer<Batch> action) {
        beforeRebuild = action;
    }

    /** What happens in the next mendings. */
    public void mending(Runnable action) {
        mending = action;
    }
}
