package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** No services run here: a trigger in PostgreSQL answers a request as they would. */
class VerifyCommandTest {
    private static EmbeddedPostgres server;

    private record Outcome(int status, String out, String err) {}

    @BeforeAll
    static void start() throws IOException {
        server = MigratedPostgres.start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @BeforeEach
    void twoServicesAnswer() throws SQLException {
        execute("TRUNCATE rollup_progress");
        execute("INSERT INTO rollup_progress VALUES ('events', now()), ('apps', now())");
        answer("'events', 5000, 2, '{}', '{}'", "'apps', 7, 0, '{}', '{}'");
    }

    @Test
    void printsWhatWasComparedAndMended() {
        assertEquals(new Outcome(0, """
                apps: 7 buckets compared, 0 mended, 0 differ after a rebuild
                events: 5,000 buckets compared, 2 mended, 0 differ after a rebuild
                """, ""), run());
    }

    @Test
    void asksForOneOrganisation() throws SQLException {
        run("--organization=org_1");

        execute("DO $$ BEGIN ASSERT (SELECT count(*) FROM verifications WHERE organization_id = 'org_1') = 1; END $$");
    }

    @Test
    void deletesRequestsThatAreAMonthOld() throws SQLException {
        execute("TRUNCATE verifications CASCADE");
        execute("INSERT INTO verifications (organization_id, requested_at) VALUES"
                + " ('old', now() - interval '31 days'), ('new', now() - interval '29 days')");

        run("--organization=org_2");

        execute("""
                DO $$ BEGIN
                    ASSERT (SELECT array_agg(organization_id ORDER BY organization_id) FROM verifications) = '{new,org_2}';
                    ASSERT (SELECT count(DISTINCT verification) FROM verification_results) = 2;
                END $$
                """);
    }

    @Test
    void failsWhereARebuildDoesNotMend() throws SQLException {
        answer("'events', 5, 0, '{busy}', '{a bucket}'", "'apps', 7, 0, '{}', '{}'");

        assertEquals(new Outcome(1, """
                apps: 7 buckets compared, 0 mended, 0 differ after a rebuild
                events: 5 buckets compared, 0 mended, 1 differ after a rebuild
                  not certain, still inserted into or waiting for a rebuild: busy
                  differs: a bucket
                """, ""), run());
    }

    @Test
    void failsWhereAServiceDoesNotAnswer() throws SQLException {
        answer("'events', 5, 0, '{}', '{}'");

        Outcome outcome = run("--timeout=1");

        assertEquals(1, outcome.status());
        assertTrue(outcome.out().contains("No answer from: apps."), outcome.out());
    }

    @Test
    void refusesWhatItDoesNotUnderstand() {
        assertEquals(2, run("--organization=a b").status());
        assertEquals(2, run("all").status());
    }

    private static void answer(String... results) throws SQLException {
        StringBuilder inserts = new StringBuilder();
        for (String result : results) {
            inserts.append(
                            "INSERT INTO verification_results (verification, rollup, compared, mended, unsettled, remaining)")
                    .append(" VALUES (NEW.id, ")
                    .append(result)
                    .append(");\n");
        }
        execute("CREATE OR REPLACE FUNCTION answer() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + inserts
                + " RETURN NEW; END $$");
        execute(
                "CREATE OR REPLACE TRIGGER answer AFTER INSERT ON verifications FOR EACH ROW EXECUTE FUNCTION answer()");
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static Outcome run(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = VerifyCommand.run(
                List.of(arguments),
                Map.of("QUARRY_POSTGRES_URL", server.getJdbcUrl("postgres", "postgres")),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
