package dev.quarry.organizations.executions;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Map;
import java.util.Set;

/** Adds up a workspace's executions. */
@ApplicationScoped
public class ExecutionsQuery {
    private static final String ALL = """
            SELECT countIf(status = 'success'), countIf(status = 'failed')
            FROM executions FINAL
            WHERE organization_id = {organization:String}
              AND workspace_id = {workspace:String}
            """;

    private static final String BETWEEN = """
            SELECT countIf(status = 'success'), countIf(status = 'failed')
            FROM executions FINAL
            WHERE organization_id = {organization:String}
              AND time >= {start:DateTime64(3, 'UTC')} AND time < {end:DateTime64(3, 'UTC')}
              AND workspace_id = {workspace:String}
            """;

    private static final String BY_WORKSPACE = """
            SELECT workspace_id, countIf(status = 'success'), countIf(status = 'failed')
            FROM executions FINAL
            WHERE organization_id = {organization:String}
            GROUP BY workspace_id
            """;

    private final ClickHouse clickHouse;

    ExecutionsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** All executions that are kept. */
    public Executions fetch(Caller caller, String workspace) {
        return clickHouse
                .query(caller, ALL)
                .bind("workspace", workspace)
                .one(row -> Executions.of(row.nextLong(), row.nextLong()));
    }

    /** All executions that are kept of these workspaces; those of a workspace that was deleted count no more. */
    public Executions fetch(Caller caller, Set<String> workspaces) {
        return clickHouse
                .query(caller, BY_WORKSPACE)
                .list(row -> Map.entry(row.nextString(), Executions.of(row.nextLong(), row.nextLong())))
                .stream()
                .filter(workspace -> workspaces.contains(workspace.getKey()))
                .map(Map.Entry::getValue)
                .reduce(Executions.NONE, Executions::plus);
    }

    Executions fetch(Caller caller, String workspace, Window window) {
        return clickHouse
                .query(caller, BETWEEN)
                .bind("workspace", workspace)
                .bind("start", window.start())
                .bind("end", window.end())
                .one(row -> Executions.of(row.nextLong(), row.nextLong()));
    }
}
