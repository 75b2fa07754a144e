package dev.quarry.organizations.actions;

import dev.quarry.caller.Caller;
import dev.quarry.organizations.Directory;
import dev.quarry.postgres.Postgres;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts a workspace's actions. */
@ApplicationScoped
class ActionsQuery {
    private static final String SQL = """
            SELECT coalesce(sum(count), 0)::bigint AS total,
                   coalesce(sum(count) FILTER (WHERE status = 'enabled'), 0)::bigint AS enabled,
                   coalesce(sum(count) FILTER (WHERE type = 'trigger'), 0)::bigint AS trigger,
                   coalesce(sum(count) FILTER (WHERE type = 'scheduled'), 0)::bigint AS scheduled
            FROM workspaces
            LEFT JOIN resource_counts
                ON resource_counts.organization_id = workspaces.organization_id
               AND resource_counts.workspace_id = workspaces.workspace_id
               AND resource = 'actions'
            WHERE workspaces.organization_id = $1 AND workspaces.workspace_id = $2
            GROUP BY workspaces.organization_id, workspaces.workspace_id
            """;

    private final Postgres postgres;

    ActionsQuery(Postgres postgres) {
        this.postgres = postgres;
    }

    /** Refuses a workspace that the caller's organisation does not have. */
    ActionAnalytics fetch(Caller caller, String workspace) {
        return postgres.list(caller, SQL, ActionsQuery::of, workspace).stream()
                .findFirst()
                .orElseThrow(() -> Directory.notFound("workspace", workspace));
    }

    private static ActionAnalytics of(Row row) {
        return new ActionAnalytics(
                row.getLong("total"), row.getLong("enabled"), row.getLong("trigger"), row.getLong("scheduled"));
    }
}
