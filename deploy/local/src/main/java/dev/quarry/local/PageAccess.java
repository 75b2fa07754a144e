package dev.quarry.local;

import dev.quarry.local.samples.SampleKind;
import dev.quarry.schema.PostgresAddress;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Function;

/** What the page may show once it is signed in: both organisations, their keys, apps and workspaces. */
record PageAccess(LocalKeys keys, PostgresAddress postgres, Samples samples) {

    JsonObject read() throws SQLException {
        JsonObject demo = organization(LocalKeys.ORGANIZATION, "Demo", credentials(keys::key), "");
        JsonObject other =
                organization(LocalKeys.OTHER_ORGANIZATION, "Other", credentials(keys::otherKey), LocalKeys.OTHER);
        addNewestDay(demo, "metrics", SampleKind.ONLINE_RETAIL);
        addNewestDay(demo, "integrations", SampleKind.UPTIME_CHECKS);
        addNewestDay(other, "metrics", SampleKind.AIDER);
        return new JsonObject().put("organizations", new JsonArray().add(demo).add(other));
    }

    private static JsonObject credentials(Function<Service, String> key) {
        return new JsonObject()
                .put("metrics", key.apply(Service.METRICS))
                .put("apps", key.apply(Service.APPS))
                .put("integrations", key.apply(Service.INTEGRATIONS))
                .put("orgs", key.apply(Service.ORG));
    }

    /** @param variables how the variables of its keys begin in {@code keys.env} */
    private JsonObject organization(String id, String name, JsonObject credentials, String variables)
            throws SQLException {
        try (Connection connection = postgres.open()) {
            return new JsonObject()
                    .put("id", id)
                    .put("name", name)
                    .put("credentials", credentials)
                    .put("variables", variables)
                    // The page opens the first one: the app that has errors and requests.
                    .put("apps", ids(connection, """
                            SELECT app_id FROM apps WHERE organization_id = ? ORDER BY app_id <> 'web', app_id
                            """, id))
                    .put("workspaces", ids(connection, """
                            SELECT workspace_id FROM workspaces WHERE organization_id = ? ORDER BY workspace_id
                            """, id))
                    .put("newest", new JsonObject());
        }
    }

    private static JsonArray ids(Connection connection, String sql, String organization) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(sql)) {
            query.setString(1, organization);
            var ids = new JsonArray();
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    ids.add(rows.getString(1));
                }
            }
            return ids;
        }
    }

    /** The page's first window ends with the sample, which may be years old. */
    private void addNewestDay(JsonObject organization, String family, SampleKind kind) throws SQLException {
        samples.lastDay(kind)
                .ifPresent(day -> organization.getJsonObject("newest").put(family, day.toString()));
    }
}
