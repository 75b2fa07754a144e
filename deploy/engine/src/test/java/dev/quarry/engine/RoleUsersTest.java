package dev.quarry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Users whose statements have only the rights of a role. */
final class RoleUsersTest {
    private static final String USERS = """
            <clickhouse>
              <profiles><default/></profiles>
              <quotas><default/></quotas>
              <roles>
                <everything><grants><query>GRANT ALL ON *.* WITH GRANT OPTION</query></grants></everything>
                <reader><grants><query>GRANT SELECT ON db.rows</query></grants></reader>
                <writer><grants><query>GRANT INSERT ON db.rows</query></grants></writer>
              </roles>
              <users>
                <default>
                  <password/>
                  <networks><ip>::/0</ip></networks>
                  <profile>default</profile>
                  <quota>default</quota>
                  <grants>
                    <query>GRANT everything</query>
                    <query>GRANT reader</query>
                    <query>GRANT writer</query>
                  </grants>
                  <databases>
                    <database name="db">
                      <table name="rows">
                        <filter>has(currentRoles(), 'everything') OR tenant = getSetting('promql_table')</filter>
                      </table>
                    </database>
                  </databases>
                </default>
              </users>
            </clickhouse>
            """;

    private static Path directory;
    private static EngineProcess engine;

    @BeforeAll
    static void start() throws IOException {
        directory = Files.createTempDirectory("quarry-engine");
        Path users = Files.writeString(directory.resolve("users.xml"), USERS);
        engine = EngineProcess.start(EngineProcess.Options.at(directory.resolve("data"))
                .withLogFile(directory.resolve("log"))
                .withUser("default", "secret")
                .withRoleUsers(users, Set.of("reader", "writer")));
        as("default").run("CREATE DATABASE db");
        as("default").run("CREATE TABLE db.rows (tenant String) ENGINE = MergeTree ORDER BY tenant");
        as("default").run("INSERT INTO db.rows VALUES ('a'), ('b'), ('b')");
    }

    @AfterAll
    static void stop() throws IOException {
        engine.close();
        EngineExtension.delete(directory);
    }

    @Test
    void aUserHasTheRightsOfItsRoleOnly() {
        assertRefused(as("reader").post("INSERT INTO db.rows VALUES ('c')"));
        assertRefused(as("writer").post("SELECT count() FROM db.rows"));
        assertRefused(as("reader").post("DROP TABLE db.rows"));
        assertEquals("3", as("default").run("SELECT count() FROM db.rows"));
    }

    @Test
    void aUserSeesTheRowsOfItsFilterOnly() {
        assertEquals("0", as("reader").run("SELECT count() FROM db.rows"));
        assertEquals("2", as("reader").with("promql_table", "b").run("SELECT count() FROM db.rows"));
    }

    @Test
    void aUserMayWriteWhatItsRoleMay() {
        as("writer").run("INSERT INTO db.rows SELECT 'unseen' WHERE 0");
        as("writer").run("INSERT INTO db.rows FORMAT TSV\n");
    }

    @Test
    void everyUserNeedsThePassword() {
        HttpResponse<String> answer =
                Http.to(engine).with("user", "reader").with("password", "wrong").post("SELECT 1");
        assertEquals(
                "516",
                answer.headers().firstValue("X-ClickHouse-Exception-Code").orElseThrow());
    }

    @Test
    void roleUsersNeedRoles() {
        assertThrows(
                IllegalArgumentException.class,
                () -> EngineOptions.parse(
                        new String[] {"--path=nowhere", "--library=none", "--role-users=reader"}, null));
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertTrue(answer.body().contains("ACCESS_DENIED"), answer.body());
    }

    private static Http as(String user) {
        return Http.to(engine).with("user", user).with("password", "secret");
    }
}
