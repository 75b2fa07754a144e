package dev.quarry.organizations.executions;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;

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

    Executions fetch(Caller caller, String workspace, Window window) {
        return clickHouse
                .query(caller, BETWEEN)
                .bind("workspace", workspace)
                .bind("start", window.start())
                .bind("end", window.end())
                .one(row -> Executions.of(row.nextLong(), row.nextLong()));
    }
}
