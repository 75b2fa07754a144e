package dev.quarry.organizations.resources;

import dev.quarry.caller.Caller;
import dev.quarry.organizations.Directory;
import dev.quarry.postgres.PendingRead;
import dev.quarry.postgres.Postgres;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** Counts a workspace's resources. */
@ApplicationScoped
public class ResourcesQuery {
    private static final String SQL = """
            SELECT coalesce(sum(count) FILTER (WHERE resource = 'sources'), 0)::bigint AS sources,
                   coalesce(sum(count) FILTER (WHERE resource = 'augmentations'), 0)::bigint AS augmentations,
                   coalesce(sum(count) FILTER (WHERE resource = 'endpoints'), 0)::bigint AS endpoints,
                   coalesce(sum(count) FILTER (WHERE resource = 'namespaces'), 0)::bigint AS namespaces,
                   coalesce(sum(count) FILTER (WHERE resource = 'apps'), 0)::bigint AS apps,
                   coalesce(sum(count) FILTER (WHERE resource = 'threads'), 0)::bigint AS threads,
                   coalesce(sum(count) FILTER (WHERE resource = 'actions'), 0)::bigint AS actions,
                   coalesce(sum(count) FILTER (WHERE resource = 'secrets'), 0)::bigint AS secrets,
                   coalesce(sum(count) FILTER (WHERE resource = 'models'), 0)::bigint AS models,
                   greatest(workspaces.created_at, max(changed_at)) AS updated_at
            FROM workspaces
            LEFT JOIN resource_counts USING (organization_id, workspace_id)
            WHERE workspaces.organization_id = $1 AND workspaces.workspace_id = $2
            GROUP BY workspaces.organization_id, workspaces.workspace_id
            """;

    private final Postgres postgres;

    ResourcesQuery(Postgres postgres) {
        this.postgres = postgres;
    }

    /**
     * A workspace's resources.
     *
     * @param updatedAt when one last came, went or changed; at first when the workspace was made
     */
    public record Counted(ResourceCounts resources, Instant updatedAt) {
        private static Counted of(Row row) {
            return new Counted(
                    ResourceCounts.of(row), row.getOffsetDateTime("updated_at").toInstant());
        }
    }

    /** Refuses a workspace that the caller's organisation does not have. */
    public Counted fetch(Caller caller, String workspace) {
        return begin(caller, workspace).await();
    }

    /** As {@link #fetch}, but returns at once. */
    public PendingRead<Counted> begin(Caller caller, String workspace) {
        return postgres.begin(caller, SQL, Counted::of, workspace)
                .map(found -> found.stream().findFirst().orElseThrow(() -> Directory.notFound("workspace", workspace)));
    }
}
