package dev.quarry.local;

import dev.quarry.schema.PostgresAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * The credentials of this start: one key per family for each of two organisations, and a dashboard session for the first.
 * The second organisation shows that it cannot see rows of the first.
 *
 * <p>PostgreSQL has only their SHA-256. Credentials of an earlier start stop working.
 */
final class LocalKeys {

    /** The organisation that most samples belong to. */
    static final String ORGANIZATION = "org_demo";

    static final String OTHER_ORGANIZATION = "org_other";

    private static final String USER = "local-developer";
    private static final String SESSION = "local-dashboard";
    private static final String KEY_ID = "local-";
    private static final int SHOWN = 14;

    private final Map<Service, String> keys = new EnumMap<>(Service.class);
    private final Map<Service, String> otherKeys = new EnumMap<>(Service.class);
    private final String sessionToken = "session_" + Secrets.next();
    private final String pageCode = Secrets.next();

    private LocalKeys() {
        for (Service service : Service.values()) {
            keys.put(service, service.keyPrefix() + Secrets.next());
            otherKeys.put(service, service.keyPrefix() + Secrets.next());
        }
    }

    /** Creates new credentials, and replaces those of an earlier start in one transaction. */
    static LocalKeys renew(PostgresAddress postgres) throws SQLException {
        var made = new LocalKeys();
        try (Connection connection = postgres.open()) {
            connection.setAutoCommit(false);
            made.replace(connection);
            connection.commit();
        }
        return made;
    }

    private void replace(Connection connection) throws SQLException {
        update(connection, "DELETE FROM api_keys WHERE starts_with(key_id, ?)", KEY_ID);
        update(connection, "DELETE FROM sessions WHERE session_id = ?", SESSION);
        addOrganization(connection, ORGANIZATION, "Demo", keys);
        addOrganization(connection, OTHER_ORGANIZATION, "Other", otherKeys);
        update(connection, "INSERT INTO users (user_id) VALUES (?) ON CONFLICT DO NOTHING", USER);
        update(
                connection,
                """
                INSERT INTO members (organization_id, user_id, permissions) VALUES (?, ?, ?)
                ON CONFLICT (organization_id, user_id) DO UPDATE SET permissions = EXCLUDED.permissions
                """,
                ORGANIZATION,
                USER,
                Arrays.stream(Service.values()).map(Service::permission).toArray(String[]::new));
        update(connection, """
                INSERT INTO sessions (session_id, user_id, token_sha256, expires_at)
                VALUES (?, ?, ?, now() + INTERVAL '30 days')
                """, SESSION, USER, Secrets.sha256(sessionToken));
    }

    private static void addOrganization(Connection connection, String id, String name, Map<Service, String> keys)
            throws SQLException {
        update(
                connection,
                "INSERT INTO organizations (organization_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
                id,
                name);
        for (var entry : keys.entrySet()) {
            Service service = entry.getKey();
            String key = entry.getValue();
            update(
                    connection,
                    """
                    INSERT INTO api_keys (key_id, organization_id, name, prefix, key_sha256, permissions)
                    VALUES (?, ?, ?, ?, ?, ?)
                    """,
                    KEY_ID + id + "-" + service.keyPrefix().replace("_", ""),
                    id,
                    "Made by ./quarry up",
                    key.substring(0, SHOWN),
                    Secrets.sha256(key),
                    new String[] {service.permission()});
        }
    }

    private static void update(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < values.length; index++) {
                statement.setObject(index + 1, values[index]);
            }
            statement.executeUpdate();
        }
    }

    String key(Service service) {
        return keys.get(service);
    }

    String otherKey(Service service) {
        return otherKeys.get(service);
    }

    String sessionToken() {
        return sessionToken;
    }

    /** The code by which the page gets these keys. */
    String pageCode() {
        return pageCode;
    }

    /** A file for {@code source}. */
    String file(String gateway) {
        return """
                # Made by ./quarry up. Each start makes new ones.
                QUARRY_URL=%s
                QUARRY_ORGANIZATION=%s
                MIXPEEK_KEY=%s
                MCPEEK_KEY=%s
                FEATHER_KEY=%s
                MECHA_TOKEN=%s
                DASHBOARD_SESSION_TOKEN=%s
                # Another organisation, to see that it gets none of the first one's rows.
                OTHER_ORGANIZATION=%s
                OTHER_MIXPEEK_KEY=%s
                OTHER_MCPEEK_KEY=%s
                OTHER_FEATHER_KEY=%s
                OTHER_MECHA_TOKEN=%s
                """.formatted(
                        gateway,
                        ORGANIZATION,
                        keys.get(Service.APPS),
                        keys.get(Service.METRICS),
                        keys.get(Service.INTEGRATIONS),
                        keys.get(Service.ORG),
                        sessionToken,
                        OTHER_ORGANIZATION,
                        otherKeys.get(Service.APPS),
                        otherKeys.get(Service.METRICS),
                        otherKeys.get(Service.INTEGRATIONS),
                        otherKeys.get(Service.ORG));
    }
}
