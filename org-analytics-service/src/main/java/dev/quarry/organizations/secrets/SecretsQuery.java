package dev.quarry.organizations.secrets;

import dev.quarry.caller.Caller;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.KeptCounts;
import dev.quarry.postgres.Postgres;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts a workspace's secrets. */
@ApplicationScoped
class SecretsQuery {
    /** Totals of all types, and the types with the most secrets. No row without a workspace. */
    private static final String SQL = """
            WITH types AS MATERIALIZED (
                SELECT type, sum(count) AS total, sum(count) FILTER (WHERE status = 'active') AS active
                FROM resource_counts
                WHERE organization_id = $1 AND workspace_id = $2 AND resource = 'secrets'
                GROUP BY type
                HAVING sum(count) > 0
            ), kept AS (
                SELECT type, total
                FROM types
                ORDER BY total DESC, type COLLATE "C"
                LIMIT $3
            )
            SELECT coalesce((SELECT sum(total) FROM types), 0)::bigint AS total,
                   coalesce((SELECT sum(active) FROM types), 0)::bigint AS active,
                   (SELECT count(*) FROM types) AS types,
                   coalesce((SELECT array_agg(type ORDER BY type COLLATE "C") FROM kept), '{}') AS kept_types,
                   coalesce((SELECT array_agg(total::bigint ORDER BY type COLLATE "C") FROM kept), '{}') AS kept_totals
            FROM workspaces
            WHERE organization_id = $1 AND workspace_id = $2
            """;

    private final Postgres postgres;

    SecretsQuery(Postgres postgres) {
        this.postgres = postgres;
    }

    /**
     * A workspace's secrets.
     *
     * @param omitted how many types the answer leaves out
     */
    record Counted(SecretAnalytics analytics, long omitted) {
        private static Counted of(Row row) {
            KeptCounts byType = KeptCounts.of(row, "kept_types", "kept_totals", "types");
            return new Counted(
                    new SecretAnalytics(row.getLong("total"), row.getLong("active"), byType.counts()),
                    byType.omitted());
        }
    }

    /**
     * Refuses a workspace that the caller's organisation does not have.
     *
     * @param limit maximum number of types, those with the most secrets
     */
    Counted fetch(Caller caller, String workspace, int limit) {
        return postgres.list(caller, SQL, Counted::of, workspace, (long) limit).stream()
                .findFirst()
                .orElseThrow(() -> Directory.notFound("workspace", workspace));
    }
}
