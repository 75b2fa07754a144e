package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Constraints and notifications of the identity tables, on a real PostgreSQL. */
class IdentityTest {
    private static final String CHECK_VIOLATION = "23514";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String FOREIGN_KEY_VIOLATION = "23503";
    private static final String DIGEST_A = "aa".repeat(32);
    private static final String DIGEST_B = "bb".repeat(32);
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static PostgresAddress postgres;

    private final String organization = "org_" + NEXT.incrementAndGet();
    private Connection connection;
    private Connection listener;

    @BeforeAll
    static void migrate() {
        MigratorSettings settings = Stores.fresh(Retention.standard());
        Migrator.migrate(settings);
        postgres = settings.postgres();
    }

    @BeforeEach
    void connect() throws SQLException {
        connection = postgres.open();
        execute("INSERT INTO organizations VALUES ('%s', 'Acme')".formatted(organization));
        execute("INSERT INTO users VALUES ('user_%s')".formatted(organization));
        listener = postgres.open();
        try (Statement statement = listener.createStatement()) {
            statement.execute("LISTEN quarry_credentials; LISTEN quarry_workspaces");
        }
    }

    @AfterEach
    void disconnect() throws SQLException {
        execute("DELETE FROM organizations");
        execute("DELETE FROM used_ids");
        execute("DELETE FROM users");
        connection.close();
        listener.close();
    }

    @Test
    void anOrganizationIdIsShortAndPlain() throws SQLException {
        for (String id : List.of("", "with space", "quote''", "a".repeat(65), "ä", "line\nbreak", "a\n")) {
            assertViolates(CHECK_VIOLATION, "INSERT INTO organizations VALUES ('%s', 'x')".formatted(id));
        }
        execute("INSERT INTO organizations VALUES ('%s', 'x')".formatted("Az09_-".repeat(10)));
    }

    @Test
    void digestsHave32BytesAndAreUnique() throws SQLException {
        assertViolates(CHECK_VIOLATION, apiKey("k1", "aa".repeat(31)));
        assertViolates(CHECK_VIOLATION, session("s1", "aa".repeat(33)));
        execute(apiKey("k1", DIGEST_A));
        assertViolates(UNIQUE_VIOLATION, apiKey("k2", DIGEST_A));
        execute(session("s1", DIGEST_A));
        assertViolates(UNIQUE_VIOLATION, session("s2", DIGEST_A));
    }

    @Test
    void everythingBelongsToAnOrganizationThatExists() {
        for (String insert : List.of(
                "INSERT INTO apps VALUES ('nobody', 'app', 'App')",
                "INSERT INTO workspaces VALUES ('nobody', 'workspace', 'Workspace')",
                "INSERT INTO members VALUES ('nobody', 'user_%s', '{}')".formatted(organization),
                "INSERT INTO api_keys (key_id, organization_id, name, prefix, key_sha256, permissions) "
                        + "VALUES ('k', 'nobody', 'n', 'p', '\\x%s', '{}')".formatted(DIGEST_A))) {
            assertViolates(FOREIGN_KEY_VIOLATION, insert);
        }
    }

    @Test
    void appAndWorkspaceIdsAreUniqueInsideTheirOrganizationOnly() throws SQLException {
        execute("INSERT INTO organizations VALUES ('other', 'Other')");
        for (String table : List.of("apps", "workspaces")) {
            execute("INSERT INTO %s VALUES ('%s', 'one', 'One')".formatted(table, organization));
            execute("INSERT INTO %s VALUES ('other', 'one', 'One')".formatted(table));
            assertViolates(
                    UNIQUE_VIOLATION, "INSERT INTO %s VALUES ('%s', 'one', 'One')".formatted(table, organization));
            assertViolates(
                    CHECK_VIOLATION, "INSERT INTO %s VALUES ('%s', 'a b', 'One')".formatted(table, organization));
        }
    }

    @Test
    void emailsAreUniqueInAnyCase() throws SQLException {
        execute("INSERT INTO users VALUES ('u1', 'Ann@example.org'), ('u2', NULL), ('u3', NULL)");
        assertViolates(UNIQUE_VIOLATION, "INSERT INTO users VALUES ('u4', 'ann@example.org')");
    }

    @Test
    void aPermissionIsNeverNull() {
        assertViolates(
                CHECK_VIOLATION,
                "INSERT INTO members VALUES ('%s', 'user_%s', '{NULL}')".formatted(organization, organization));
    }

    @Test
    void revokingOrDeletingAKeyNotifies() throws SQLException {
        execute(apiKey("k1", DIGEST_A));
        execute(apiKey("k2", DIGEST_B));
        assertEquals(List.of(), notifications());
        execute("UPDATE api_keys SET revoked_at = now() WHERE key_id = 'k1'");
        assertEquals(List.of(DIGEST_A), notifications());
        execute("DELETE FROM api_keys WHERE key_id = 'k2'");
        assertEquals(List.of(DIGEST_B), notifications());
    }

    @Test
    void revokingOrDeletingASessionNotifies() throws SQLException {
        execute(session("s1", DIGEST_A));
        assertEquals(List.of(), notifications());
        execute("UPDATE sessions SET revoked_at = now()");
        assertEquals(List.of(DIGEST_A), notifications());
        execute("DELETE FROM users");
        assertEquals(List.of(DIGEST_A), notifications());
    }

    @Test
    void changingAMembershipNotifiesForAll() throws SQLException {
        member();
        assertEquals(List.of(), notifications());
        execute("UPDATE members SET permissions = '{}'");
        assertEquals(List.of("*"), notifications());
        execute("DELETE FROM members");
        assertEquals(List.of("*"), notifications());
    }

    @Test
    void deletingOrMovingAWorkspaceNotifies() throws SQLException {
        execute("INSERT INTO workspaces VALUES ('%1$s', 'one', 'One'), ('%1$s', 'two', 'Two')".formatted(organization));
        execute("UPDATE workspaces SET name = 'Another name'");
        assertEquals(List.of(), notifications());
        execute("UPDATE workspaces SET workspace_id = 'three' WHERE workspace_id = 'one'");
        assertEquals(List.of(organization), notifications());
        execute("DELETE FROM workspaces WHERE workspace_id = 'two'");
        assertEquals(List.of(organization), notifications());
        execute("DELETE FROM organizations");
        assertEquals(List.of(organization), notifications());
    }

    @Test
    void truncatingWorkspacesNotifiesForAll() throws SQLException {
        execute("TRUNCATE workspaces CASCADE");
        assertEquals(List.of("*"), notifications());
    }

    @Test
    void deletingAnOrganizationNotifies() throws SQLException {
        execute(apiKey("k1", DIGEST_A));
        member();
        execute("DELETE FROM organizations");
        assertEquals(List.of("*", DIGEST_A), notifications().stream().sorted().toList());
    }

    @Test
    void aRolledBackRevocationNotifiesNobody() throws SQLException {
        execute(apiKey("k1", DIGEST_A));
        connection.setAutoCommit(false);
        execute("UPDATE api_keys SET revoked_at = now()");
        connection.rollback();
        connection.setAutoCommit(true);
        assertEquals(List.of(), notifications());
    }

    @Test
    void truncatingNotifiesForAll() throws SQLException {
        for (String table : List.of("api_keys", "sessions", "members")) {
            execute("TRUNCATE " + table);
            assertEquals(List.of("*"), notifications(), table);
        }
    }

    /** ClickHouse knows only ids: a new owner of a used id would see the old owner's events. */
    @Test
    void anIdIsUsedOnce() throws SQLException {
        String app = "INSERT INTO apps VALUES ('%s', 'shop', 'Shop')".formatted(organization);
        String workspace = "INSERT INTO workspaces VALUES ('%s', 'main', 'Main')".formatted(organization);
        execute(app);
        execute(workspace);
        execute("UPDATE apps SET name = 'Another name'");
        execute("DELETE FROM apps");
        execute("DELETE FROM workspaces");
        assertRefusedAsUsed("app", "shop", app);
        assertRefusedAsUsed("workspace", "main", workspace);

        execute("INSERT INTO apps VALUES ('%s', 'store', 'Store')".formatted(organization));
        assertRefusedAsUsed("app", "shop", "UPDATE apps SET app_id = 'shop'");
        execute("UPDATE apps SET app_id = 'market'");
        assertRefusedAsUsed("app", "store", "UPDATE apps SET app_id = 'store'");

        execute("DELETE FROM organizations");
        assertRefusedAsUsed(
                "organization",
                organization,
                "INSERT INTO organizations VALUES ('%s', 'Acme')".formatted(organization));

        execute("INSERT INTO organizations VALUES ('another_%s', 'x')".formatted(organization));
        execute("INSERT INTO apps VALUES ('another_%s', 'shop', 'Shop')".formatted(organization));
    }

    /** The second transaction waits for the first one's deletion, and is still refused. */
    @Test
    void anEarlierTransactionCannotReuseAnId() throws Exception {
        connection.setAutoCommit(false);
        execute("DELETE FROM organizations");
        try (Connection other = postgres.open();
                Statement statement = other.createStatement();
                ExecutorService thread = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> made = thread.submit(
                    () -> statement.execute("INSERT INTO organizations VALUES ('%s', 'Acme')".formatted(organization)));
            connection.commit();
            connection.setAutoCommit(true);
            var refused = assertThrows(ExecutionException.class, made::get);
            assertEquals(UNIQUE_VIOLATION, ((SQLException) refused.getCause()).getSQLState());
        }
    }

    private void assertRefusedAsUsed(String kind, String id, String sql) {
        SQLException refused = assertThrows(SQLException.class, () -> execute(sql), sql);
        assertEquals(UNIQUE_VIOLATION, refused.getSQLState());
        assertTrue(
                refused.getMessage().contains("The %s id \"%s\" was used before".formatted(kind, id)),
                refused.getMessage());
    }

    private String apiKey(String id, String digest) {
        return """
                INSERT INTO api_keys (key_id, organization_id, name, prefix, key_sha256, permissions)
                VALUES ('%s', '%s', 'n', 'p', '\\x%s', '{analytics:read}')
                """.formatted(id, organization, digest);
    }

    private String session(String id, String digest) {
        return """
                INSERT INTO sessions (session_id, user_id, token_sha256, expires_at)
                VALUES ('%s', 'user_%s', '\\x%s', now() + interval '1 hour')
                """.formatted(id, organization, digest);
    }

    private void member() throws SQLException {
        execute("INSERT INTO members VALUES ('%s', 'user_%s', '{analytics:read}')"
                .formatted(organization, organization));
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private void assertViolates(String state, String sql) {
        assertEquals(state, assertThrows(SQLException.class, () -> execute(sql)).getSQLState(), sql);
    }

    /** A marker sent last comes last: once it is here, whatever was notified before it is here too. */
    private List<String> notifications() throws SQLException {
        execute("NOTIFY quarry_credentials, 'marker'");
        List<String> payloads = new ArrayList<>();
        while (true) {
            for (PGNotification notification :
                    listener.unwrap(PGConnection.class).getNotifications(0)) {
                if (notification.getParameter().equals("marker")) {
                    return payloads;
                }
                payloads.add(notification.getParameter());
            }
        }
    }
}
