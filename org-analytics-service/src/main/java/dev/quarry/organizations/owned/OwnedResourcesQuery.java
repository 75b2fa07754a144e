package dev.quarry.organizations.owned;

import dev.quarry.caller.Caller;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.WorkspacePath;
import dev.quarry.postgres.Postgres;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts the resources of an app or a namespace. */
@ApplicationScoped
public class OwnedResourcesQuery {
    /** A row if the workspace exists; the columns {@code app} and {@code namespace} tell whether such an owner exists. */
    private static final String SQL = """
            SELECT EXISTS (
                       SELECT FROM workspace_apps
                       WHERE organization_id = $1 AND workspace_id = $2 AND app_id = $3) AS app,
                   EXISTS (
                       SELECT FROM namespaces
                       WHERE organization_id = $1 AND workspace_id = $2 AND namespace_id = $3) AS namespace,
                   coalesce(sum(count) FILTER (WHERE resource = 'augmentations'), 0)::bigint AS augmentations,
                   coalesce(sum(count) FILTER (WHERE resource = 'namespaces'), 0)::bigint AS namespaces,
                   coalesce(sum(count) FILTER (WHERE resource = 'endpoints'), 0)::bigint AS endpoints,
                   coalesce(sum(count) FILTER (WHERE resource = 'releases'), 0)::bigint AS releases,
                   coalesce(sum(count) FILTER (WHERE resource = 'threads'), 0)::bigint AS threads,
                   coalesce(sum(count) FILTER (WHERE resource = 'sources'), 0)::bigint AS sources
            FROM workspaces
            LEFT JOIN owned_counts
                ON owned_counts.organization_id = workspaces.organization_id
               AND owned_counts.workspace_id = workspaces.workspace_id
               AND owned_counts.owner_id = $3
            WHERE workspaces.organization_id = $1 AND workspaces.workspace_id = $2
            GROUP BY workspaces.organization_id, workspaces.workspace_id
            """;

    private final Postgres postgres;

    OwnedResourcesQuery(Postgres postgres) {
        this.postgres = postgres;
    }

    /** Refuses a workspace or an owner that the caller's organisation does not have. */
    public OwnedResources fetch(Caller caller, WorkspacePath path, Owner owner, String id) {
        Directory.requirePlausible(caller, path);
        Directory.requirePlausible(owner.type(), id);
        return postgres.list(caller, SQL, row -> of(row, owner, id), path.workspace(), id).stream()
                .findFirst()
                .orElseThrow(() -> Directory.notFound("workspace", path.workspace()));
    }

    private static OwnedResources of(Row row, Owner owner, String id) {
        if (!row.getBoolean(owner.type())) {
            throw Directory.notFound(owner.type(), id);
        }
        return OwnedResources.of(row);
    }
}
