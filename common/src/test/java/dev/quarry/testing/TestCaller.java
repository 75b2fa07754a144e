package dev.quarry.testing;

import io.restassured.RestAssured;
import io.restassured.specification.RequestSpecification;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * An organisation for one test, and the credentials of one of its members: a key, usable as API key and as bearer
 * token, and a dashboard session.
 */
public record TestCaller(String organization, String key, String sessionToken) {

    /** Creates an organisation. Its key and its member have the permissions. */
    public static TestCaller create(String... permissions) {
        String suffix = UUID.randomUUID().toString().replace("-", "");
        TestCaller caller = new TestCaller("org_" + suffix, "key_" + suffix, "session_" + suffix);
        Stores.inPostgres(connection -> caller.insert(connection, permissions));
        return caller;
    }

    /** As {@link #create}; on a cluster, its rows are on this shard. */
    public static TestCaller createOnShard(int shard, String... permissions) {
        return Stream.generate(() -> create(permissions))
                .filter(caller -> Stores.execute("SELECT cityHash64('%s') %% 2 + 1".formatted(caller.organization()))
                        .equals(shard + "\n"))
                .findFirst()
                .orElseThrow();
    }

    /** A request with the key as {@code x-api-key}. */
    public RequestSpecification withApiKey() {
        return RestAssured.given().header("x-api-key", key);
    }

    /** A request with the key as {@code Authorization: Bearer}. */
    public RequestSpecification withBearer() {
        return RestAssured.given().header("Authorization", "Bearer " + key);
    }

    /** A request from the dashboard. */
    public RequestSpecification withSession() {
        return RestAssured.given().headers(Map.of("x-session-token", sessionToken, "x-organization-id", organization));
    }

    public void expireKeyAt(Instant expiry) {
        execute("UPDATE api_keys SET expires_at = ? WHERE organization_id = ?", Timestamp.from(expiry), organization);
    }

    public void revokeKey() {
        execute("UPDATE api_keys SET revoked_at = now() WHERE organization_id = ?", organization);
    }

    /** Takes all other permissions from the session. */
    public void limitSession(String... permissions) {
        execute("UPDATE sessions SET permission_limit = ? WHERE session_id = ?", permissions, "id_" + sessionToken);
    }

    private void insert(Connection connection, String... permissions) throws SQLException {
        var granted = connection.createArrayOf("text", permissions);
        String user = "user_of_" + organization;
        Instant tomorrow = Instant.now().plus(1, ChronoUnit.DAYS);
        execute(connection, "INSERT INTO organizations (organization_id, name) VALUES (?, 'Test')", organization);
        execute(connection, "INSERT INTO users (user_id) VALUES (?)", user);
        execute(
                connection,
                "INSERT INTO members (organization_id, user_id, permissions) VALUES (?, ?, ?)",
                organization,
                user,
                granted);
        execute(connection, """
                INSERT INTO api_keys (key_id, organization_id, name, prefix, key_sha256, permissions)
                VALUES (?, ?, 'Test', 'key_', ?, ?)
                """, "id_" + key, organization, sha256(key), granted);
        execute(
                connection,
                "INSERT INTO sessions (session_id, user_id, token_sha256, expires_at) VALUES (?, ?, ?, ?)",
                "id_" + sessionToken,
                user,
                sha256(sessionToken),
                Timestamp.from(tomorrow));
    }

    private static void execute(String sql, Object... values) {
        Stores.inPostgres(connection -> execute(connection, sql, values));
    }

    private static void execute(Connection connection, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                statement.setObject(i + 1, values[i]);
            }
            statement.executeUpdate();
        }
    }

    private static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
