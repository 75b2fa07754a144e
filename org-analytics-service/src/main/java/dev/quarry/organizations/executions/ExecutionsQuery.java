package dev.quarry.organizations.executions;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.Row;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.retention.DataSince;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import dev.quarry.time.Zones;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;

/** Adds up executions. */
@ApplicationScoped
public class ExecutionsQuery {
    private static final String ALL = """
            SELECT sum(success), sum(failed), maxOrNullIf(newest, success + failed > 0)
            FROM execution_counts FINAL
            WHERE organization_id = {organization:String}
              AND quarter >= {since:DateTime64(3, 'UTC')}
              AND workspace_id = {workspace:String}
            """;

    private static final String BETWEEN = """
            SELECT sum(success), sum(failed), maxOrNullIf(newest, success + failed > 0)
            FROM execution_counts FINAL
            WHERE organization_id = {organization:String}
              AND quarter >= {start:DateTime64(3, 'UTC')} AND quarter < {end:DateTime64(3, 'UTC')}
              AND workspace_id = {workspace:String}
            """;

    private static final String BY_WORKSPACE = """
            SELECT workspace_id, sum(success), sum(failed), maxOrNullIf(newest, success + failed > 0)
            FROM execution_counts FINAL
            WHERE organization_id = {organization:String}
              AND quarter >= {since:DateTime64(3, 'UTC')}
            GROUP BY workspace_id
            LIMIT {most:UInt32}
            """;

    private static final String OF_WORKSPACES = """
            SELECT sum(success), sum(failed), maxOrNullIf(newest, success + failed > 0)
            FROM execution_counts FINAL
            WHERE organization_id = {organization:String}
              AND quarter >= {since:DateTime64(3, 'UTC')}
              AND workspace_id IN {workspaces:Array(String)}
            """;

    /** An answer by workspace has at most as many rows. */
    private static final int MOST_ROWS = 10_000;
    /** A statement names at most as many workspaces. They are a part of its URL, and an id has up to 64 characters. */
    private static final int MOST_NAMED = 1_000;

    private final ClickHouse clickHouse;
    private final DataSince since;

    ExecutionsQuery(ClickHouse clickHouse, DataSince since) {
        this.clickHouse = clickHouse;
        this.since = since;
    }

    /**
     * Executions and the time of the newest of them, if there is any.
     *
     * @param newest by the clock of whoever sent it
     */
    public record Counted(Executions executions, Optional<Instant> newest) {
        private static final Counted NOTHING = new Counted(Executions.NONE, Optional.empty());

        private static Counted of(Row row) {
            return new Counted(
                    Executions.of(row.nextLong(), row.nextLong()), Optional.ofNullable(row.nextInstantOrNull()));
        }

        /** The sum over these workspaces. */
        public static Counted sum(Map<String, Counted> byWorkspace, Set<String> workspaces) {
            return byWorkspace.entrySet().stream()
                    .filter(workspace -> workspaces.contains(workspace.getKey()))
                    .map(Map.Entry::getValue)
                    .reduce(NOTHING, Counted::plus);
        }

        private Counted plus(Counted other) {
            return new Counted(executions.plus(other.executions), later(newest, other.newest));
        }

        private static Optional<Instant> later(Optional<Instant> one, Optional<Instant> other) {
            return one.isEmpty() || other.filter(one.get()::isBefore).isPresent() ? other : one;
        }

        /**
         * The newest moment that these executions and some resources reflect. A sender's clock may be fast; an answer's is
         * not.
         */
        public Instant updatedAt(Instant resources, Instant now) {
            return newest.map(time -> time.isAfter(now) ? now : time)
                    .filter(resources::isBefore)
                    .orElse(resources);
        }
    }

    /** All executions of a workspace since the first day of UTC that is kept. */
    public Counted fetch(Caller caller, String workspace) {
        return fetch(caller, workspace, Zones.UTC);
    }

    /** All executions of a workspace since the first day of the zone that is kept. */
    Counted fetch(Caller caller, String workspace, ZoneId zone) {
        return clickHouse
                .query(caller, ALL)
                .bind("since", known(zone).start())
                .bind("workspace", workspace)
                .one(Counted::of);
    }

    /**
     * All executions that are kept, by workspace. Workspaces that were deleted since may be among them, and ids of which
     * there never was a workspace. Empty if the executions are of more than 10,000 ids: then ask for those that count.
     */
    public Optional<Map<String, Counted>> fetchByWorkspace(Caller caller) {
        Map<String, Counted> byWorkspace = clickHouse
                .query(caller, BY_WORKSPACE)
                .bind("since", known(Zones.UTC).start())
                .bind("most", MOST_ROWS + 1)
                .list(row -> Map.entry(row.nextString(), Counted.of(row)))
                .stream()
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return Optional.of(byWorkspace).filter(found -> found.size() <= MOST_ROWS);
    }

    /** All executions of these workspaces that are kept: the engine adds them up, a thousand workspaces at a time. */
    public Counted fetch(Caller caller, Set<String> workspaces) {
        Instant start = known(Zones.UTC).start();
        return workspaces.stream()
                .gather(Gatherers.windowFixed(MOST_NAMED))
                .map(named -> clickHouse
                        .query(caller, OF_WORKSPACES)
                        .bind("since", start)
                        .bindStrings("workspaces", named)
                        .one(Counted::of))
                .reduce(Counted.NOTHING, Counted::plus);
    }

    /**
     * Executions in a window that begins and ends at a quarter of an hour, as hours and days do in every zone today.
     * Days that are not kept as a whole do not count.
     */
    Executions fetch(Caller caller, String workspace, Window window) {
        return window.within(known(window.zone()))
                .map(whole -> WindowBinding.instants(clickHouse.query(caller, BETWEEN), whole)
                        .bind("workspace", workspace)
                        .one(Counted::of))
                .orElse(Counted.NOTHING)
                .executions();
    }

    /** The same, or null if not all days of the window are kept: then there is no comparison. */
    Executions fetchWhole(Caller caller, String workspace, Window window) {
        return known(window.zone()).contain(window.start()) ? fetch(caller, workspace, window) : null;
    }

    private WholeDays known(ZoneId zone) {
        WholeDays known = since.events(zone);
        since.tell(known);
        return known;
    }
}
