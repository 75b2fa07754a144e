package dev.quarry.organizations.secrets;

import dev.quarry.auth.Caller;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.Postgres;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts a workspace's secrets. */
@ApplicationScoped
class SecretsQuery {
    /** A row for each type, and one without a type if there are no secrets, but no row without a workspace. */
    private static final String SQL = """
            SELECT type,
                   coalesce(sum(count), 0)::bigint AS total,
                   coalesce(sum(count) FILTER (WHERE status = 'active'), 0)::bigint AS active
            FROM workspaces
            LEFT JOIN resource_counts
                ON resource_counts.organization_id = workspaces.organization_id
               AND resource_counts.workspace_id = workspaces.workspace_id
               AND resource = 'secrets'
            WHERE workspaces.organization_id = $1 AND workspaces.workspace_id = $2
            GROUP BY type
            """;

    private final Postgres postgres;

    SecretsQuery(Postgres postgres) {
        this.postgres = postgres;
    }

    private record Type(String type, long total, long active) {
        private static Type of(Row row) {
            return new Type(row.getString("type"), row.getLong("total"), row.getLong("active"));
        }
    }

    /** Refuses a workspace that the caller's organisation does not have. */
    SecretAnalytics fetch(Caller caller, String workspace) {
        List<Type> types = postgres.list(caller, SQL, Type::of, workspace);
        if (types.isEmpty()) {
            throw Directory.notFound("workspace", workspace);
        }
        Map<String, Long> byType = new TreeMap<>();
        for (Type type : types) {
            if (type.total > 0) {
                byType.put(type.type, type.total);
            }
        }
        return new SecretAnalytics(
                types.stream().mapToLong(Type::total).sum(),
                types.stream().mapToLong(Type::active).sum(),
                byType);
    }
}
