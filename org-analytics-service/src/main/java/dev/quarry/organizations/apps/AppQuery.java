package dev.quarry.organizations.apps;

import dev.quarry.caller.Caller;
import dev.quarry.organizations.Directory;
import dev.quarry.postgres.Postgres;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts the resources of an app. */
@ApplicationScoped
class AppQuery {
    /** One row if the workspace exists. The column {@code found} says whether the app exists too. */
    private static final String SQL = """
            SELECT workspace_apps.app_id IS NOT NULL AS found,
                   coalesce(sum(count) FILTER (WHERE resource = 'augmentations'), 0)::bigint AS augmentations,
                   coalesce(sum(count) FILTER (WHERE resource = 'namespaces'), 0)::bigint AS namespaces,
                   coalesce(sum(count) FILTER (WHERE resource = 'endpoints'), 0)::bigint AS endpoints,
                   coalesce(sum(count) FILTER (WHERE resource = 'releases'), 0)::bigint AS releases
            FROM workspaces
            LEFT JOIN workspace_apps
                ON workspace_apps.organization_id = workspaces.organization_id
               AND workspace_apps.workspace_id = workspaces.workspace_id
               AND workspace_apps.app_id = $3
            LEFT JOIN owned_counts
                ON owned_counts.organization_id = workspace_apps.organization_id
               AND owned_counts.workspace_id = workspace_apps.workspace_id
               AND owned_counts.owner_id = workspace_apps.app_id
            WHERE workspaces.organization_id = $1 AND workspaces.workspace_id = $2
            GROUP BY workspace_apps.app_id
            """;

    private final Postgres postgres;

    AppQuery(Postgres postgres) {
        this.postgres = postgres;
    }

    /** Refuses a workspace or an app that the caller's organisation does not have. */
    AppAnalytics fetch(Caller caller, String workspace, String app) {
        return postgres.list(caller, SQL, row -> of(row, app), workspace, app).stream()
                .findFirst()
                .orElseThrow(() -> Directory.notFound("workspace", workspace));
    }

    private static AppAnalytics of(Row row, String app) {
        if (!row.getBoolean("found")) {
            throw Directory.notFound("app", app);
        }
        return new AppAnalytics(
                app,
                row.getLong("augmentations"),
                row.getLong("namespaces"),
                row.getLong("endpoints"),
                row.getLong("releases"));
    }
}
