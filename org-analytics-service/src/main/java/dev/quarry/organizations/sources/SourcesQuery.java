package dev.quarry.organizations.sources;

import dev.quarry.auth.Caller;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.Postgres;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/** Counts a workspace's sources. */
@ApplicationScoped
class SourcesQuery {
    /** A row for each kind of source, and one of NULLs if there are none, but no row without a workspace. */
    private static final String SQL = """
            SELECT owned, type, status,
                   coalesce(sum(count), 0)::bigint AS sources,
                   coalesce(sum(chunks), 0)::bigint AS chunks,
                   coalesce(sum(tokens), 0)::bigint AS tokens,
                   coalesce(sum(bytes), 0)::bigint AS bytes
            FROM workspaces
            LEFT JOIN resource_counts
                ON resource_counts.organization_id = workspaces.organization_id
               AND resource_counts.workspace_id = workspaces.workspace_id
               AND resource = 'sources'
            WHERE workspaces.organization_id = $1 AND workspaces.workspace_id = $2
            GROUP BY owned, type, status
            """;

    private final Postgres postgres;

    SourcesQuery(Postgres postgres) {
        this.postgres = postgres;
    }

    private record Kind(boolean owned, String type, String status, long sources, long chunks, long tokens, long bytes) {
        private static Kind of(Row row) {
            return new Kind(
                    Boolean.TRUE.equals(row.getBoolean("owned")),
                    row.getString("type"),
                    row.getString("status"),
                    row.getLong("sources"),
                    row.getLong("chunks"),
                    row.getLong("tokens"),
                    row.getLong("bytes"));
        }
    }

    /** Refuses a workspace that the caller's organisation does not have. */
    SourceAnalytics fetch(Caller caller, String workspace) {
        List<Kind> rows = postgres.list(caller, SQL, Kind::of, workspace);
        if (rows.isEmpty()) {
            throw Directory.notFound("workspace", workspace);
        }
        List<Kind> kinds = rows.stream().filter(kind -> kind.sources > 0).toList();
        Map<String, Long> byStatus = countBy(kinds, Kind::status);
        return new SourceAnalytics(
                sum(kinds, kind -> true, Kind::sources),
                byStatus.getOrDefault("indexed", 0L),
                byStatus.getOrDefault("failed", 0L),
                byStatus.getOrDefault("pending", 0L),
                sum(kinds, kind -> true, Kind::chunks),
                sum(kinds, kind -> true, Kind::tokens),
                sum(kinds, kind -> true, Kind::bytes),
                sum(kinds, kind -> !kind.owned, Kind::sources),
                sum(kinds, kind -> kind.owned, Kind::sources),
                countBy(kinds, Kind::type),
                byStatus);
    }

    private static long sum(List<Kind> kinds, Predicate<Kind> which, ToLongFunction<Kind> number) {
        return kinds.stream().filter(which).mapToLong(number).sum();
    }

    private static Map<String, Long> countBy(List<Kind> kinds, Function<Kind, String> key) {
        Map<String, Long> counts = new TreeMap<>();
        for (Kind kind : kinds) {
            counts.merge(key.apply(kind), kind.sources, Long::sum);
        }
        return counts;
    }
}
