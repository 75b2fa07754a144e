package dev.quarry.organizations.resources;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.testing.Stores;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.concurrent.atomic.AtomicReference;

/** What the answers ought to be, counted row by row from the resources themselves, without a look at any kept count. */
final class Oracle {
    private static final ObjectMapper JSON = new ObjectMapper();

    static final String RESOURCES = """
            WITH asked AS (
                SELECT organization_id, workspace_id FROM workspaces
                WHERE organization_id = ? AND (?::text IS NULL OR workspace_id = ?)
            )
            SELECT jsonb_build_object(
                'sources', (SELECT count(*) FROM sources JOIN asked USING (organization_id, workspace_id)),
                'augmentations', (SELECT count(*) FROM augmentations JOIN asked USING (organization_id, workspace_id)),
                'endpoints', (SELECT count(*) FROM endpoints JOIN asked USING (organization_id, workspace_id)),
                'namespaces', (SELECT count(*) FROM namespaces JOIN asked USING (organization_id, workspace_id)),
                'apps', (SELECT count(*) FROM workspace_apps JOIN asked USING (organization_id, workspace_id)),
                'threads', (SELECT count(*) FROM threads JOIN asked USING (organization_id, workspace_id)),
                'actions', (SELECT count(*) FROM actions JOIN asked USING (organization_id, workspace_id)),
                'secrets', (SELECT count(*) FROM secrets JOIN asked USING (organization_id, workspace_id)),
                'models', (SELECT count(*) FROM models JOIN asked USING (organization_id, workspace_id)))
            """;

    static final String APP = """
            WITH asked (organization_id, workspace_id, app_id) AS (VALUES (?, ?, ?))
            SELECT jsonb_build_object(
                'app_id', (SELECT app_id FROM asked),
                'augmentations', (SELECT count(*) FROM augmentations JOIN asked USING (organization_id, workspace_id, app_id)),
                'namespaces', (SELECT count(*) FROM namespaces JOIN asked USING (organization_id, workspace_id, app_id)),
                'endpoints', (SELECT count(*) FROM endpoints JOIN asked USING (organization_id, workspace_id, app_id)),
                'releases', (SELECT count(*) FROM releases JOIN asked USING (organization_id, workspace_id, app_id)))
            """;

    static final String NAMESPACE = """
            WITH asked (organization_id, workspace_id, namespace_id) AS (VALUES (?, ?, ?))
            SELECT jsonb_build_object(
                'namespace_id', (SELECT namespace_id FROM asked),
                'threads', (SELECT count(*) FROM threads JOIN asked USING (organization_id, workspace_id, namespace_id)),
                'sources', (SELECT count(*) FROM sources JOIN asked USING (organization_id, workspace_id, namespace_id)))
            """;

    static final String ACTIONS = """
            SELECT jsonb_build_object(
                'total_actions', count(*),
                'enabled_actions', count(*) FILTER (WHERE enabled),
                'trigger_actions', count(*) FILTER (WHERE kind = 'trigger'),
                'scheduled_actions', count(*) FILTER (WHERE kind = 'scheduled'))
            FROM actions
            WHERE organization_id = ? AND workspace_id = ?
            """;

    static final String SECRETS = """
            WITH kept AS (SELECT * FROM secrets WHERE organization_id = ? AND workspace_id = ?)
            SELECT jsonb_build_object(
                'total_secrets', (SELECT count(*) FROM kept),
                'active_secrets', (SELECT count(*) FROM kept WHERE active),
                'secrets_by_type', (
                    SELECT coalesce(jsonb_object_agg(type, number), '{}')
                    FROM (SELECT type, count(*) AS number FROM kept GROUP BY type) AS types))
            """;

    static final String SOURCES = """
            WITH kept AS (SELECT * FROM sources WHERE organization_id = ? AND workspace_id = ?)
            SELECT jsonb_build_object(
                'total_sources', (SELECT count(*) FROM kept),
                'indexed_sources', (SELECT count(*) FROM kept WHERE status = 'indexed'),
                'failed_sources', (SELECT count(*) FROM kept WHERE status = 'failed'),
                'pending_sources', (SELECT count(*) FROM kept WHERE status = 'pending'),
                'total_chunks', (SELECT coalesce(sum(chunks), 0) FROM kept),
                'total_tokens', (SELECT coalesce(sum(tokens), 0) FROM kept),
                'total_bytes', (SELECT coalesce(sum(bytes), 0) FROM kept),
                'workspace_sources', (SELECT count(*) FROM kept WHERE namespace_id IS NULL),
                'namespace_sources', (SELECT count(*) FROM kept WHERE namespace_id IS NOT NULL),
                'sources_by_type', (
                    SELECT coalesce(jsonb_object_agg(type, number), '{}')
                    FROM (SELECT type, count(*) AS number FROM kept GROUP BY type) AS types),
                'sources_by_status', (
                    SELECT coalesce(jsonb_object_agg(status, number), '{}')
                    FROM (SELECT status, count(*) AS number FROM kept GROUP BY status) AS statuses))
            """;

    private Oracle() {}

    static JsonNode answer(String sql, String... values) {
        AtomicReference<String> answer = new AtomicReference<>();
        Stores.inPostgres(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setString(i + 1, values[i]);
                }
                try (ResultSet result = statement.executeQuery()) {
                    result.next();
                    answer.set(result.getString(1));
                }
            }
        });
        return parse(answer.get());
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException notJson) {
            throw new AssertionError(json, notJson);
        }
    }
}
