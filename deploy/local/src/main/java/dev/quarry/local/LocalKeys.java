package dev.quarry.local;

import dev.quarry.schema.PostgresAddress;
import dev.quarry.schema.accounts.Secret;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The credentials of a local stack: one key per family for each of two organisations, and a dashboard session for the
 * first. The second organisation shows that it cannot see rows of the first.
 *
 * <p>They stay the same as long as their file exists, which only the owner can read. PostgreSQL has only their SHA-256.
 */
final class LocalKeys {

    /** The organisation that most samples belong to. */
    static final String ORGANIZATION = "org_demo";

    static final String OTHER_ORGANIZATION = "org_other";

    /** How the variables of the second organisation's keys begin in the {@linkplain #file file}. */
    static final String OTHER = "OTHER_";

    private static final String USER = "local-developer";
    private static final String SESSION = "local-dashboard";
    private static final String SESSION_VARIABLE = "DASHBOARD_SESSION_TOKEN";
    private static final String SESSION_PREFIX = "session_";
    private static final String KEY_ID = "local-";
    private static final int SHOWN = 14;

    private final Map<Service, String> keys = new EnumMap<>(Service.class);
    private final Map<Service, String> otherKeys = new EnumMap<>(Service.class);
    private final String sessionToken;
    private final String pageCode = Secret.letters();

    /** @param known secrets to keep, by variable; the others are made */
    private LocalKeys(Map<String, String> known) {
        for (Service service : Service.values()) {
            keys.put(service, secret(known, variable(service), service.keyPrefix()));
            otherKeys.put(service, secret(known, OTHER + variable(service), service.keyPrefix()));
        }
        sessionToken = secret(known, SESSION_VARIABLE, SESSION_PREFIX);
    }

    private static String secret(Map<String, String> known, String variable, String prefix) {
        String secret = known.getOrDefault(variable, "");
        return secret.startsWith(prefix) && Secret.areLetters(secret.substring(prefix.length()))
                ? secret
                : prefix + Secret.letters();
    }

    private static String variable(Service service) {
        return switch (service) {
            case APPS -> "MIXPEEK_KEY";
            case METRICS -> "MCPEEK_KEY";
            case INTEGRATIONS -> "FEATHER_KEY";
            case ORG -> "MECHA_TOKEN";
        };
    }

    /**
     * Reads the credentials of an earlier start from its file, or makes new ones, and tells PostgreSQL in one
     * transaction. A key that was revoked or has expired stays so.
     *
     * @param file as {@link #file} writes it; does not need to exist
     * @param renew whether to replace all credentials of an earlier start
     */
    static LocalKeys open(Path file, boolean renew, PostgresAddress postgres) throws IOException, SQLException {
        var opened = new LocalKeys(renew || !Files.exists(file) ? Map.of() : assignments(file));
        try (Connection connection = postgres.open()) {
            connection.setAutoCommit(false);
            opened.store(connection);
            connection.commit();
        }
        return opened;
    }

    private static Map<String, String> assignments(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .map(line -> line.split("=", 2))
                .filter(parts -> parts.length == 2)
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1], (first, second) -> second));
    }

    private void store(Connection connection) throws SQLException {
        addOrganization(connection, ORGANIZATION, "Demo", keys);
        addOrganization(connection, OTHER_ORGANIZATION, "Other", otherKeys);
        update(connection, "INSERT INTO users (user_id) VALUES (?) ON CONFLICT DO NOTHING", USER);
        update(
                connection,
                """
                INSERT INTO members (organization_id, user_id, permissions)
                SELECT organization_id, ?, ? FROM organizations WHERE organization_id = ?
                ON CONFLICT (organization_id, user_id) DO UPDATE SET permissions = EXCLUDED.permissions
                """,
                USER,
                Arrays.stream(Service.values()).map(Service::permission).toArray(String[]::new),
                ORGANIZATION);
        update(connection, """
                INSERT INTO sessions (session_id, user_id, token_sha256, expires_at)
                VALUES (?, ?, ?, now() + INTERVAL '30 days')
                ON CONFLICT (session_id) DO UPDATE
                SET token_sha256 = EXCLUDED.token_sha256, expires_at = EXCLUDED.expires_at,
                    revoked_at = CASE WHEN sessions.token_sha256 = EXCLUDED.token_sha256 THEN sessions.revoked_at END
                """, SESSION, USER, Secret.sha256(sessionToken));
    }

    /** Adds an organisation with its keys. One that was deleted stays deleted: its id cannot be used again. */
    private static void addOrganization(Connection connection, String id, String name, Map<Service, String> keys)
            throws SQLException {
        update(connection, """
                INSERT INTO organizations (organization_id, name)
                SELECT id, ? FROM (SELECT ?::text AS id) AS wanted
                WHERE NOT EXISTS (SELECT FROM used_ids WHERE kind = 'organization' AND organization_id = wanted.id)
                """, name, id);
        for (var entry : keys.entrySet()) {
            Service service = entry.getKey();
            String key = entry.getValue();
            update(
                    connection,
                    """
                    INSERT INTO api_keys (key_id, organization_id, name, prefix, key_sha256, permissions)
                    SELECT ?, organization_id, ?, ?, ?, ? FROM organizations WHERE organization_id = ?
                    ON CONFLICT (key_id) DO UPDATE
                    SET prefix = EXCLUDED.prefix, key_sha256 = EXCLUDED.key_sha256, expires_at = NULL, revoked_at = NULL
                    WHERE api_keys.key_sha256 <> EXCLUDED.key_sha256
                    """,
                    KEY_ID + id + "-" + service.keyPrefix().replace("_", ""),
                    "Made by ./quarry up",
                    key.substring(0, SHOWN),
                    Secret.sha256(key),
                    new String[] {service.permission()},
                    id);
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
        var lines = new StringBuilder("""
                # Made by ./quarry up, which keeps these keys. ./quarry up --new-keys makes others.
                QUARRY_URL=%s
                QUARRY_ORGANIZATION=%s
                """.formatted(gateway, ORGANIZATION));
        keys.forEach((service, key) -> lines.append("%s=%s\n".formatted(variable(service), key)));
        lines.append("""
                %s=%s
                # Another organisation, to see that it gets none of the first one's rows.
                OTHER_ORGANIZATION=%s
                """.formatted(SESSION_VARIABLE, sessionToken, OTHER_ORGANIZATION));
        otherKeys.forEach((service, key) -> lines.append("%s%s=%s\n".formatted(OTHER, variable(service), key)));
        return lines.toString();
    }
}
