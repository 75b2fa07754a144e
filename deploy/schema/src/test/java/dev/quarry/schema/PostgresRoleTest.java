package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The role that the script of one server creates: it is no superuser, and may do all that the migrator does. */
class PostgresRoleTest {
    private static final Path SCRIPT = Path.of("../compose/postgresql/quarry.sh");

    private static EmbeddedPostgres postgres;
    private static String url;

    @BeforeAll
    static void initialise() throws IOException, SQLException {
        postgres = EmbeddedPostgres.start();
        // psql fills in the password as a quoted literal.
        List<String> statements = Pattern.compile("<<'SQL'\\n(.+?)\\nSQL\\n", Pattern.DOTALL)
                .matcher(Files.readString(SCRIPT))
                .results()
                .flatMap(script -> Pattern.compile(";\\s*").splitAsStream(script.group(1)))
                .map(statement -> statement.replace(":'password'", "'secret'"))
                .toList();
        assertEquals(3, statements.size(), statements.toString());
        try (Connection superuser = postgres.getPostgresDatabase().getConnection();
                Statement statement = superuser.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            statement.execute("CREATE ROLE stranger LOGIN PASSWORD 'stranger'");
        }
        url = postgres.getJdbcUrl("quarry", "quarry").replaceFirst("\\?.*", "");
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @Test
    void theMigratorNeedsNoSuperuser() throws SQLException {
        PostgresAddress quarry = new PostgresAddress(url, "quarry", "secret");

        assertFalse(PostgresMigrations.apply(quarry).isEmpty());
        assertEquals(List.of(), PostgresMigrations.apply(quarry));

        try (Connection connection = quarry.open();
                Statement statement = connection.createStatement()) {
            assertEquals("f", value(statement, """
                    SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
                    FROM pg_roles WHERE rolname = current_user
                    """));
            assertEquals("0", value(statement, """
                            SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
                            WHERE nspname = 'public' AND relkind = 'r' AND relowner::regrole::text != 'quarry'
                            """));
            assertThrows(SQLException.class, () -> statement.execute("CREATE ROLE another"));
            assertThrows(SQLException.class, () -> statement.execute("COPY organizations TO PROGRAM 'cat'"));
        }
    }

    @Test
    void otherRolesCannotConnect() {
        SQLException refusal = assertThrows(
                SQLException.class,
                () -> DriverManager.getConnection(url, "stranger", "stranger").close());
        assertEquals("42501", refusal.getSQLState(), refusal.getMessage());
    }

    private static String value(Statement statement, String sql) throws SQLException {
        try (ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
