package dev.quarry.organizations.namespaces;

import dev.quarry.caller.Caller;
import dev.quarry.organizations.Directory;
import dev.quarry.postgres.Postgres;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts the resources of a namespace. */
@ApplicationScoped
class NamespaceQuery {
    /** One row if the workspace exists. The column {@code found} says whether the namespace exists too. */
    private static final String SQL = """
            SELECT namespaces.namespace_id IS NOT NULL AS found,
                   coalesce(sum(count) FILTER (WHERE resource = 'threads'), 0)::bigint AS threads,
                   coalesce(sum(count) FILTER (WHERE resource = 'sources'), 0)::bigint AS sources
            FROM workspaces
            LEFT JOIN namespaces
                ON namespaces.organization_id = workspaces.organization_id
               AND namespaces.workspace_id = workspaces.workspace_id
               AND namespaces.namespace_id = $3
            LEFT JOIN owned_counts
                ON owned_counts.organization_id = namespaces.organization_id
               AND owned_counts.workspace_id = namespaces.workspace_id
               AND owned_counts.owner_id = namespaces.namespace_id
            WHERE workspaces.organization_id = $1 AND workspaces.workspace_id = $2
            GROUP BY namespaces.namespace_id
            """;

    private final Postgres postgres;

    NamespaceQuery(Postgres postgres) {
        this.postgres = postgres;
    }

    /** Refuses a workspace or a namespace that the caller's organisation does not have. */
    NamespaceAnalytics fetch(Caller caller, String workspace, String namespace) {
        return postgres.list(caller, SQL, row -> of(row, namespace), workspace, namespace).stream()
                .findFirst()
                .orElseThrow(() -> Directory.notFound("workspace", workspace));
    }

    private static NamespaceAnalytics of(Row row, String namespace) {
        if (!row.getBoolean("found")) {
            throw Directory.notFound("namespace", namespace);
        }
        return new NamespaceAnalytics(namespace, row.getLong("threads"), row.getLong("sources"));
    }
}
