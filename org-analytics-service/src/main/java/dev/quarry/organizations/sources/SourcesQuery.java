package dev.quarry.organizations.sources;

import dev.quarry.caller.Caller;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.KeptCounts;
import dev.quarry.postgres.Postgres;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts a workspace's sources. */
@ApplicationScoped
class SourcesQuery {
    /** Totals of all sources, and the types and statuses with the most sources. No row without a workspace. */
    private static final String SQL = """
            WITH kinds AS MATERIALIZED (
                SELECT owned, type, status,
                       sum(count) AS sources, sum(chunks) AS chunks, sum(tokens) AS tokens, sum(bytes) AS bytes
                FROM resource_counts
                WHERE organization_id = $1 AND workspace_id = $2 AND resource = 'sources'
                GROUP BY owned, type, status
                HAVING sum(count) > 0
            ), totals AS (
                SELECT coalesce(sum(sources), 0)::bigint AS sources,
                       coalesce(sum(sources) FILTER (WHERE status = 'indexed'), 0)::bigint AS indexed,
                       coalesce(sum(sources) FILTER (WHERE status = 'failed'), 0)::bigint AS failed,
                       coalesce(sum(sources) FILTER (WHERE status = 'pending'), 0)::bigint AS pending,
                       coalesce(sum(sources) FILTER (WHERE NOT owned), 0)::bigint AS of_workspace,
                       coalesce(sum(sources) FILTER (WHERE owned), 0)::bigint AS of_namespaces,
                       coalesce(sum(chunks), 0) AS chunks,
                       coalesce(sum(tokens), 0) AS tokens,
                       coalesce(sum(bytes), 0) AS bytes,
                       count(DISTINCT type) AS types,
                       count(DISTINCT status) AS statuses
                FROM kinds
            ), kept_types AS (
                SELECT type, sum(sources)::bigint AS total
                FROM kinds
                GROUP BY type
                ORDER BY total DESC, type COLLATE "C"
                LIMIT $3
            ), kept_statuses AS (
                SELECT status, sum(sources)::bigint AS total
                FROM kinds
                GROUP BY status
                ORDER BY total DESC, status COLLATE "C"
                LIMIT $3
            )
            SELECT totals.*,
                   coalesce((SELECT array_agg(type ORDER BY type COLLATE "C") FROM kept_types), '{}') AS kept_types,
                   coalesce((SELECT array_agg(total ORDER BY type COLLATE "C") FROM kept_types), '{}') AS of_types,
                   coalesce((SELECT array_agg(status ORDER BY status COLLATE "C") FROM kept_statuses), '{}')
                       AS kept_statuses,
                   coalesce((SELECT array_agg(total ORDER BY status COLLATE "C") FROM kept_statuses), '{}') AS of_statuses
            FROM workspaces CROSS JOIN totals
            WHERE organization_id = $1 AND workspace_id = $2
            """;

    private final Postgres postgres;

    SourcesQuery(Postgres postgres) {
        this.postgres = postgres;
    }

    /**
     * A workspace's sources.
     *
     * @param omitted how many types and statuses the answer leaves out
     */
    record Counted(SourceAnalytics analytics, long omitted) {
        private static Counted of(Row row) {
            KeptCounts byType = KeptCounts.of(row, "kept_types", "of_types", "types");
            KeptCounts byStatus = KeptCounts.of(row, "kept_statuses", "of_statuses", "statuses");
            return new Counted(
                    new SourceAnalytics(
                            row.getLong("sources"),
                            row.getLong("indexed"),
                            row.getLong("failed"),
                            row.getLong("pending"),
                            row.getNumeric("chunks").bigIntegerValue(),
                            row.getNumeric("tokens").bigIntegerValue(),
                            row.getNumeric("bytes").bigIntegerValue(),
                            row.getLong("of_workspace"),
                            row.getLong("of_namespaces"),
                            byType.counts(),
                            byStatus.counts()),
                    byType.omitted() + byStatus.omitted());
        }
    }

    /**
     * Refuses a workspace that the caller's organisation does not have.
     *
     * @param limit maximum number of types and of statuses, those with the most sources
     */
    Counted fetch(Caller caller, String workspace, int limit) {
        return postgres.list(caller, SQL, Counted::of, workspace, (long) limit).stream()
                .findFirst()
                .orElseThrow(() -> Directory.notFound("workspace", workspace));
    }
}
