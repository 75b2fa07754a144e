package dev.quarry.organizations.organization;

import dev.quarry.caller.Caller;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.resources.ResourceCounts;
import dev.quarry.postgres.PendingRead;
import dev.quarry.postgres.Postgres;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/** Counts the resources of an organisation's workspaces, or of one of them. */
@ApplicationScoped
class OrganizationSummaryQuery {
    private static final String SQL = """
            SELECT coalesce(array_agg(DISTINCT workspaces.workspace_id) FILTER (WHERE workspaces.workspace_id IS NOT NULL),
                            '{}') AS workspaces,
                   coalesce(sum(count) FILTER (WHERE resource = 'sources'), 0)::bigint AS sources,
                   coalesce(sum(count) FILTER (WHERE resource = 'augmentations'), 0)::bigint AS augmentations,
                   coalesce(sum(count) FILTER (WHERE resource = 'endpoints'), 0)::bigint AS endpoints,
                   coalesce(sum(count) FILTER (WHERE resource = 'namespaces'), 0)::bigint AS namespaces,
                   coalesce(sum(count) FILTER (WHERE resource = 'apps'), 0)::bigint AS apps,
                   coalesce(sum(count) FILTER (WHERE resource = 'threads'), 0)::bigint AS threads,
                   coalesce(sum(count) FILTER (WHERE resource = 'actions'), 0)::bigint AS actions,
                   coalesce(sum(count) FILTER (WHERE resource = 'secrets'), 0)::bigint AS secrets,
                   coalesce(sum(count) FILTER (WHERE resource = 'models'), 0)::bigint AS models,
                   greatest(
                       max(workspaces.created_at),
                       max(changed_at),
                       CASE WHEN $2::text IS NULL THEN max(workspaces_changed_at) END) AS updated_at
            FROM organizations
            LEFT JOIN workspaces
                ON workspaces.organization_id = organizations.organization_id
               AND ($2::text IS NULL OR workspaces.workspace_id = $2)
            LEFT JOIN resource_counts
                ON resource_counts.organization_id = workspaces.organization_id
               AND resource_counts.workspace_id = workspaces.workspace_id
            WHERE organizations.organization_id = $1
            """;

    private final Postgres postgres;

    OrganizationSummaryQuery(Postgres postgres) {
        this.postgres = postgres;
    }

    /**
     * What the workspaces hold.
     *
     * @param workspaces the ids that it is of
     * @param updatedAt when a resource or a workspace last came, went or changed; null if there is no workspace of the
     *     id asked for
     */
    record Counted(Set<String> workspaces, ResourceCounts resources, Instant updatedAt) {
        private static Counted of(Row row) {
            var updatedAt = row.getOffsetDateTime("updated_at");
            return new Counted(
                    Set.of(row.getArrayOfStrings("workspaces")),
                    ResourceCounts.of(row),
                    updatedAt == null ? null : updatedAt.toInstant());
        }
    }

    /**
     * Returns at once. An empty workspace means all of them; refuses a workspace that the caller's organisation does not
     * have.
     */
    PendingRead<Counted> begin(Caller caller, Optional<String> workspace) {
        return postgres.begin(caller, SQL, Counted::of, workspace.orElse(null)).map(found -> {
            Counted counted = found.getFirst();
            if (workspace.isPresent() && counted.workspaces().isEmpty()) {
                throw Directory.notFound("workspace", workspace.get());
            }
            return counted;
        });
    }
}
