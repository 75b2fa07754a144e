package dev.quarry.schema.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quarry.schema.MigratedPostgres;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** The commands on a real PostgreSQL. The tests read the tables with SQL of their own. */
class AccountsCommandTest {
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final JsonMapper JSON = new JsonMapper();

    private static EmbeddedPostgres server;
    private static String url;

    @TempDir
    private Path folder;

    private final String organization = "org_" + NEXT.incrementAndGet();

    private record Run(int status, String out, String err) {
        String secret() {
            assertEquals(0, status, err);
            return out.strip();
        }

        JsonNode json() {
            assertEquals(0, status, err);
            try {
                return JSON.readTree(out);
            } catch (JsonProcessingException malformed) {
                throw new AssertionError(out, malformed);
            }
        }
    }

    @BeforeAll
    static void start() throws IOException {
        server = MigratedPostgres.start();
        url = server.getJdbcUrl("postgres", "postgres");
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void createOrganization() {
        assertEquals(
                0, run("org", "create", organization, "--name=Acme & Söhne").status());
    }

    @ParameterizedTest
    @CsvSource({
        "metrics, mcpeek_, {metrics:read}",
        "apps, mixpeek_, {apps:read}",
        "integrations, feather_, {integrations:read}",
        "orgs, mecha_, {analytics:read}",
        "'orgs,apps', quarry_, '{apps:read,analytics:read}'",
        "all, quarry_, '{metrics:read,apps:read,integrations:read,analytics:read}'",
    })
    void aKeyHasThePermissionsOfItsFamilies(String families, String prefix, String permissions) throws SQLException {
        Run created = run("key", "create", "--organization=" + organization, "--family=" + families);

        String key = created.secret();
        assertTrue(key.matches(prefix + "[A-Za-z0-9]{40}"), key);
        assertFalse(created.err().contains(key), "only on standard output");
        assertEquals(permissions, value("""
                        SELECT permissions::text FROM api_keys
                        WHERE key_sha256 = ? AND organization_id = ? AND starts_with(?, prefix) AND prefix <> ''
                            AND expires_at IS NULL AND revoked_at IS NULL
                        """, sha256(key), organization, key));
    }

    @Test
    void aKeyIsForAllFamiliesByDefaultAndStoredNowhere() throws SQLException {
        String key = run("key", "create", "--organization=" + organization).secret();

        assertEquals("4", value("SELECT cardinality(permissions) FROM api_keys WHERE key_sha256 = ?", sha256(key)));
        assertEquals("0", value("""
                SELECT count(*) FROM (
                    SELECT row_to_json(api_keys)::text AS text FROM api_keys
                    UNION ALL SELECT row_to_json(account_changes)::text FROM account_changes
                ) AS rows WHERE text LIKE '%' || ? || '%'
                """, key));
        assertFalse(run("key", "list").out().contains(key));
    }

    @Test
    void jsonHasTheKeyOnce() throws SQLException {
        JsonNode made = run("key", "create", "--organization=" + organization, "--name=Nightly report", "--json")
                .json();

        assertEquals("Nightly report", made.path("name").asText());
        assertEquals(
                made.path("key_id").asText(),
                value(
                        "SELECT key_id FROM api_keys WHERE key_sha256 = ?",
                        sha256(made.path("secret").asText())));
        JsonNode listed =
                run("key", "list", "--organization=" + organization, "--json").json();
        assertEquals(1, listed.size());
        assertEquals(made.path("key_id"), listed.path(0).path("key_id"));
        assertEquals("valid", listed.path(0).path("state").asText());
        assertTrue(listed.path(0).path("secret").isMissingNode());
        assertTrue(listed.path(0).path("expires_at").isNull());
    }

    @Test
    void aKeyExpires() throws SQLException {
        String key = run("key", "create", "--organization=" + organization, "--expires=90d")
                .secret();

        assertEquals(
                "90",
                value(
                        "SELECT extract(epoch FROM expires_at - created_at)::bigint / 86400 FROM api_keys WHERE key_sha256 = ?",
                        sha256(key)));
    }

    @Test
    void theFirstKeyIsOneCommand() throws SQLException {
        String name = organization + "_first";
        String key = run("org", "create", name, "--key=metrics").secret();

        assertEquals(name, value("SELECT organization_id FROM api_keys WHERE key_sha256 = ?", sha256(key)));
        assertEquals(name, value("SELECT name FROM organizations WHERE organization_id = ?", name));
        assertEquals(2, run("org", "create", name + "2", "--expires=1h").status());
    }

    @Test
    void aKeyFromAFileIsNotPrinted() throws Exception {
        String key = "given_" + "x".repeat(40);
        Path file = Files.writeString(folder.resolve("key"), key + "\n");
        Run created = run("key", "create", "--organization=" + organization, "--secret-file=" + file, "--json");

        assertTrue(created.json().path("secret").isMissingNode());
        assertFalse(created.out().contains(key));
        assertEquals("given_xxxxx", value("SELECT prefix FROM api_keys WHERE key_sha256 = ?", sha256(key)));
        assertRefused(
                "This key exists already.", "key", "create", "--organization=" + organization, "--secret-file=" + file);
        Files.writeString(file, "short");
        assertRefused(
                "32 to 512 characters", "key", "create", "--organization=" + organization, "--secret-file=" + file);
        assertRefused(
                "cannot be read",
                "key",
                "create",
                "--organization=" + organization,
                "--secret-file=" + folder.resolve("none"));
    }

    @Test
    void aRotatedKeyWorksUntilTheOverlapEnds() throws SQLException {
        JsonNode old = run(
                        "key", "create", "--organization=" + organization, "--family=apps", "--expires=30d", "--json")
                .json();
        String id = old.path("key_id").asText();
        execute("UPDATE api_keys SET created_at = created_at - interval '10 days' WHERE key_id = ?", id);

        JsonNode made = run("key", "rotate", id, "--overlap=2h", "--json").json();

        assertTrue(made.path("secret").asText().startsWith("mixpeek_"));
        assertEquals("[\"apps:read\"]", made.path("permissions").toString());
        assertEquals("7200", value("""
                SELECT round(extract(epoch FROM old.expires_at - made.created_at)) FROM api_keys old, api_keys made
                WHERE old.key_id = ? AND made.key_id = ?
                """, id, made.path("key_id").asText()));
        assertEquals(
                "40",
                value(
                        "SELECT extract(epoch FROM expires_at - created_at)::bigint / 86400 FROM api_keys WHERE key_id = ?",
                        made.path("key_id").asText()),
                "as long as the old key");
        assertRefused("has been rotated already", "key", "rotate", id);

        JsonNode again = run("key", "rotate", made.path("key_id").asText(), "--overlap=0s", "--json")
                .json();
        assertEquals("expired", state(made.path("key_id").asText()));
        assertEquals("valid", state(again.path("key_id").asText()));
        assertRefused("is expired", "key", "rotate", made.path("key_id").asText());
    }

    @Test
    void anOverlapIsADayAndNeverLengthensAKey() throws SQLException {
        String lasting = id(run("key", "create", "--organization=" + organization, "--json"));
        String ending = id(run("key", "create", "--organization=" + organization, "--expires=1h", "--json"));
        run("key", "rotate", lasting);
        run("key", "rotate", ending, "--expires=never");

        assertEquals(
                "24",
                value(
                        "SELECT round(extract(epoch FROM expires_at - now()) / 3600) FROM api_keys WHERE key_id = ?",
                        lasting));
        assertEquals(
                "1",
                value(
                        "SELECT round(extract(epoch FROM expires_at - now()) / 3600) FROM api_keys WHERE key_id = ?",
                        ending));
        assertEquals(
                "2",
                value("SELECT count(*) FROM api_keys WHERE organization_id = ? AND expires_at IS NULL", organization));
    }

    @Test
    void revokingAKeyTellsTheServices() throws Exception {
        JsonNode made =
                run("key", "create", "--organization=" + organization, "--json").json();
        try (Connection listener = DriverManager.getConnection(url, "postgres", "");
                Statement listen = listener.createStatement()) {
            listen.execute("LISTEN quarry_credentials");
            assertEquals(0, run("key", "revoke", made.path("key_id").asText()).status());
            List<String> told = new ArrayList<>();
            for (PGNotification notification :
                    listener.unwrap(PGConnection.class).getNotifications(5_000)) {
                told.add(notification.getParameter());
            }
            assertEquals(
                    List.of(HexFormat.of().formatHex(sha256(made.path("secret").asText()))), told);
        }
        assertEquals("revoked", state(made.path("key_id").asText()));
        assertRefused("is revoked", "key", "rotate", made.path("key_id").asText());
        assertEquals(0, run("key", "delete", made.path("key_id").asText()).status());
        assertRefused("There is no key", "key", "delete", made.path("key_id").asText());
    }

    @Test
    void anOrganizationsKeysAreRevokedTogether() throws SQLException {
        String one = id(run("key", "create", "--organization=" + organization, "--json"));
        String other = id(run("key", "create", "--organization=" + organization, "--json"));

        assertEquals(
                "Revoked 2 keys of %s.\n".formatted(organization),
                run("org", "revoke", organization).out());

        assertEquals("revoked", state(one));
        assertEquals("revoked", state(other));
    }

    /** As a rotation does that has not ended: the statement that revokes does not see its new key. */
    @Test
    void anOrganizationsKeysAreRevokedWithOneThatIsBeingMade() throws SQLException {
        String key = id(run("key", "create", "--organization=" + organization, "--json"));
        try (Connection rotation = server.getPostgresDatabase().getConnection();
                PreparedStatement insert = rotation.prepareStatement("""
                        INSERT INTO api_keys (key_id, organization_id, name, prefix, key_sha256, permissions)
                        SELECT 'after ' || key_id, organization_id, name, prefix, sha256(key_sha256), permissions
                        FROM api_keys WHERE key_id = ?
                        """)) {
            rotation.setAutoCommit(false);
            insert.setString(1, key);
            assertEquals(1, insert.executeUpdate());

            CompletableFuture<Run> revoking = CompletableFuture.supplyAsync(() -> run("org", "revoke", organization));
            while (!revoking.isDone()
                    && value("SELECT pid FROM pg_locks WHERE NOT granted").equals("no row")) {
                Thread.onSpinWait();
            }
            rotation.commit();

            assertEquals(
                    "Revoked 2 keys of %s.\n".formatted(organization),
                    revoking.join().out());
        }
    }

    @Test
    void appsAndWorkspacesAreCreatedListedAndDeleted() throws SQLException {
        for (String kind : List.of("app", "workspace")) {
            assertEquals(
                    0,
                    run(kind, "create", "shop", "--organization=" + organization, "--name=The shop")
                            .status());
            assertEquals(
                    "The shop",
                    value(
                            "SELECT name FROM %ss WHERE organization_id = ? AND %s_id = 'shop'".formatted(kind, kind),
                            organization));
            JsonNode listed = run(kind, "list", "--organization=" + organization, "--json")
                    .json();
            assertEquals("shop", listed.path(0).path(kind + "_id").asText());
            assertRefused("exists already", kind, "create", "shop", "--organization=" + organization);
            Run deleted = run(kind, "delete", "shop", "--organization=" + organization);
            assertTrue(
                    deleted.out().contains("erase --organization=%s --%s=shop".formatted(organization, kind)),
                    deleted.out());
            assertRefused("There is no " + kind, kind, "delete", "shop", "--organization=" + organization);
            // ClickHouse may still have events of the deleted one.
            assertRefused("was used before", kind, "create", "shop", "--organization=" + organization);
        }
    }

    @Test
    void aSessionIsLimitedAndExpires() throws SQLException {
        String user = "user of " + organization;
        assertRefused("There is no user", "session", "create", "--user=" + user);
        assertEquals(
                0,
                run(
                                "member",
                                "create",
                                user,
                                "--organization=" + organization,
                                "--family=metrics,apps",
                                "--email=a@" + organization)
                        .status());
        assertRefused("is a member of", "member", "create", user, "--organization=" + organization);
        assertEquals(
                "{metrics:read,apps:read}", value("SELECT permissions::text FROM members WHERE user_id = ?", user));
        assertRefused("has none of these permissions", "session", "create", "--user=" + user, "--family=orgs");

        String token = run("session", "create", "--user=" + user).secret();
        assertTrue(token.matches("session_[A-Za-z0-9]{40}"), token);
        assertEquals("{metrics:read} 12", value("""
                SELECT permission_limit::text || ' ' || extract(epoch FROM expires_at - created_at)::bigint / 3600
                FROM sessions WHERE token_sha256 = ? AND user_id = ?
                """, sha256(token), user));
        assertEquals(
                2, run("session", "create", "--user=" + user, "--expires=31d").status());
        assertEquals(
                2, run("session", "create", "--user=" + user, "--expires=never").status());

        JsonNode other = run("session", "create", "--user=" + user, "--family=all", "--expires=30m", "--json")
                .json();
        String id = other.path("session_id").asText();
        assertEquals(0, run("session", "revoke", id).status());
        assertEquals("revoked", stateOfSession(user, id));
        assertEquals(0, run("session", "delete", id).status());
        assertRefused("There is no session", "session", "delete", id);
        assertEquals(
                "Revoked 1 sessions of %s.\n".formatted(user),
                run("member", "revoke", user).out());
        assertEquals("0", value("SELECT count(*) FROM sessions WHERE user_id = ? AND revoked_at IS NULL", user));
        assertEquals(
                0,
                run("member", "delete", user, "--organization=" + organization).status());
        assertRefused("is not a member", "member", "delete", user, "--organization=" + organization);
    }

    /** deploy/README.md has the statements for a product's own login. */
    @Test
    void theStatementsForALoginWork() throws Exception {
        String user = "login of " + organization;
        run("member", "create", user, "--organization=" + organization);
        String[] statements = Pattern.compile("(?s)```sql\n(.*?)```")
                .matcher(Files.readString(Path.of("..", "README.md")))
                .results()
                .map(block -> block.group(1))
                .findFirst()
                .orElseThrow()
                .replaceAll("(?<!:):(user|sha256_of_the_token)", "?")
                .split(";[^\n]*\n", -1);
        assertEquals(3, statements.length);
        assertEquals("", statements[2]);

        execute(statements[0], user, sha256("a token"));
        assertEquals("{metrics:read}", value("""
                        SELECT permission_limit::text FROM sessions
                        WHERE token_sha256 = ? AND user_id = ? AND expires_at > now() AND revoked_at IS NULL
                        """, sha256("a token"), user));
        execute(statements[1], user);
        assertEquals("1", value("SELECT count(*) FROM sessions WHERE user_id = ? AND revoked_at IS NOT NULL", user));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key create --organization=nobody",
                "key list --organization=nobody",
                "key rotate nothing",
                "key revoke nothing",
                "app create shop --organization=nobody",
                "app list --organization=nobody",
                "app delete shop --organization=nobody",
                "workspace create main --organization=nobody",
                "member create anna --organization=nobody",
                "member revoke nobody",
                "session create --user=nobody",
                "session revoke nothing",
                "org revoke nobody",
                "org delete nobody"
            })
    void refusesWhatDoesNotExistAndChangesNothing(String command) throws SQLException {
        String before = everything();

        Run refused = run(command.split(" "));

        assertEquals(1, refused.status());
        assertEquals("", refused.out());
        assertTrue(refused.err().startsWith("There is no "), refused.err());
        assertEquals(before, everything());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "key",
                "key make",
                "app revoke shop --organization=o",
                "key create",
                "key create extra --organization=o",
                "key create --organization=",
                "key create --organization",
                "key create --organization=o --organization=o",
                "key create --organization=o --what=1",
                "key create --organization=o --family=metric",
                "key create --organization=o --expires=1",
                "key create --organization=o --expires=0s",
                "key create --organization=o --expires=soon",
                "key revoke",
                "org create a/b",
                "org create"
            })
    void refusesWrongArguments(String command) throws SQLException {
        execute("INSERT INTO organizations VALUES ('o', 'O') ON CONFLICT DO NOTHING");
        String before = everything();

        Run refused = run(command.split(" "));

        assertEquals(2, refused.status(), refused.err());
        assertTrue(refused.err().contains("usage:"), refused.err());
        assertEquals(before, everything());
    }

    /** A quote in a value is data. */
    @Test
    void aValueIsNeverPartOfAStatement() throws SQLException {
        String name = "x'); DELETE FROM api_keys; --";
        String key = run("key", "create", "--organization=" + organization, "--name=" + name)
                .secret();

        assertEquals(name, value("SELECT name FROM api_keys WHERE key_sha256 = ?", sha256(key)));
        assertRefused("There is no key", "key", "revoke", "' OR '1'='1");
    }

    @Test
    void everyChangeLeavesARow() throws SQLException {
        String id = id(run(
                Map.of("QUARRY_ACTOR", "anna"),
                "key",
                "create",
                "--organization=" + organization,
                "--family=apps",
                "--json"));
        run("key", "revoke", id, "--actor=bert");
        run("app", "create", "shop", "--organization=" + organization, "--actor=bert");
        run("org", "delete", organization, "--actor=bert");

        assertEquals(
                "org create %1$s, key create %2$s, key revoke %2$s, app create shop, org delete %1$s"
                        .formatted(organization, id),
                value("""
                        SELECT string_agg(kind || ' ' || action || ' ' || id, ', ' ORDER BY change_id)
                        FROM account_changes WHERE organization_id = ?
                        """, organization));
        assertEquals("anna bert", value("""
                SELECT string_agg(actor, ' ' ORDER BY change_id) FROM account_changes
                WHERE id = ? AND database_user = 'postgres' AND changed_at > now() - interval '1 minute'
                """, id));
        assertEquals(
                System.getProperty("user.name"),
                value("SELECT actor FROM account_changes WHERE id = ? AND action = 'create'", organization));
        assertTrue(value("SELECT details FROM account_changes WHERE id = ? AND action = 'create'", id)
                .contains("apps:read, never expires"));
    }

    @Test
    void aFailedChangeLeavesNoRow() throws SQLException {
        String before = everything();

        assertRefused("exists already", "org", "create", organization, "--key=all");

        assertEquals(before, everything());
    }

    @Test
    void readsThePasswordFromAFile() throws IOException {
        Path password = Files.writeString(folder.resolve("password"), "secret\n");
        assertEquals(
                0,
                run(Map.of("QUARRY_POSTGRES_PASSWORD_FILE", password.toString()), "org", "list")
                        .status());

        Run both = run(
                Map.of("QUARRY_POSTGRES_PASSWORD_FILE", password.toString(), "QUARRY_POSTGRES_PASSWORD", "x"),
                "org",
                "list");
        assertEquals(1, both.status());
        assertTrue(both.err().contains("not both"), both.err());
    }

    @Test
    void theDatabaseIsAnOption() {
        Run listed = run(Map.of("QUARRY_POSTGRES_URL", ""), "org", "list", "--postgres-url=" + url, "--json");
        assertEquals(0, listed.status(), listed.err());

        Run refused = run(Map.of(), "org", "list", "--postgres-url=jdbc:postgresql://h:1/d?password=secret");
        assertEquals(1, refused.status());
        assertFalse(refused.err().contains("secret"), refused.err());
    }

    @Test
    void explainsADatabaseThatIsNotMigrated() throws SQLException {
        execute("CREATE DATABASE empty");
        Run refused = run(Map.of("QUARRY_POSTGRES_URL", server.getJdbcUrl("postgres", "empty")), "org", "list");

        assertEquals(1, refused.status());
        assertEquals("The database has an older schema: run the migrator first.\n", refused.err());
    }

    @Test
    void printsATable() {
        run("key", "create", "--organization=" + organization, "--name=First");
        List<String> lines = run("key", "list", "--organization=" + organization)
                .out()
                .lines()
                .toList();

        assertEquals(2, lines.size());
        assertTrue(lines.getFirst().startsWith("key_id "), lines.getFirst());
        assertTrue(lines.getLast().endsWith("  valid"), lines.getLast());
    }

    @Test
    void theHelpNamesEveryCommand() {
        String help = run("key", "--help").out();
        for (Action action : Action.values()) {
            assertTrue(help.contains("  %s %s".formatted(action.kind(), action.verb())), action.name());
        }
    }

    private void assertRefused(String message, String... arguments) {
        Run refused = run(arguments);
        assertEquals(1, refused.status(), refused.out() + refused.err());
        assertTrue(refused.err().contains(message), refused.err());
        assertEquals(1, refused.err().lines().count(), refused.err());
    }

    private static Run run(String... arguments) {
        return run(Map.of(), arguments);
    }

    private static Run run(Map<String, String> more, String... arguments) {
        Map<String, String> environment = new HashMap<>(Map.of("QUARRY_POSTGRES_URL", url));
        environment.putAll(more);
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = AccountsCommand.run(
                List.of(arguments),
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Run(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private static String id(Run created) {
        return created.json().path("key_id").asText();
    }

    private String state(String key) {
        return stateIn(
                run("key", "list", "--organization=" + organization, "--json").json(), "key_id", key);
    }

    private static String stateOfSession(String user, String session) {
        return stateIn(run("session", "list", "--user=" + user, "--json").json(), "session_id", session);
    }

    private static String stateIn(JsonNode rows, String column, String id) {
        return rows.valueStream()
                .filter(row -> row.path(column).asText().equals(id))
                .map(row -> row.path("state").asText())
                .findFirst()
                .orElseThrow();
    }

    /** The numbers of rows in all tables that the commands change. */
    private static String everything() throws SQLException {
        return value("""
                SELECT concat_ws(' ', (SELECT count(*) FROM organizations), (SELECT count(*) FROM users),
                    (SELECT count(*) FROM members), (SELECT count(*) FROM api_keys), (SELECT count(*) FROM sessions),
                    (SELECT count(*) FROM apps), (SELECT count(*) FROM workspaces), (SELECT count(*) FROM account_changes),
                    (SELECT count(*) FROM api_keys WHERE revoked_at IS NULL))
                """);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static String value(String sql, Object... values) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                PreparedStatement query = connection.prepareStatement(sql)) {
            for (int index = 0; index < values.length; index++) {
                query.setObject(index + 1, values[index]);
            }
            try (ResultSet row = query.executeQuery()) {
                return row.next() ? row.getString(1) : "no row";
            }
        }
    }

    private static void execute(String sql, Object... values) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int index = 0; index < values.length; index++) {
                statement.setObject(index + 1, values[index]);
            }
            statement.execute();
        }
    }
}
