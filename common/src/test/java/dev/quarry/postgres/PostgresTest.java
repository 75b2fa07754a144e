package dev.quarry.postgres;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.postgres.TestPostgres.Settings;
import dev.quarry.probe.ProbeResource;
import dev.quarry.testing.Stores;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/** Doors to a PostgreSQL of this class, which stops, freezes and refuses. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PostgresTest {
    private static final Caller CALLER = new Caller("org_1", Set.of(), Mechanism.API_KEY, "key_1");
    private static final Duration LONG = Duration.ofSeconds(60);

    private static EmbeddedPostgres server;

    @Inject
    Vertx vertx;

    @BeforeAll
    static void start() throws IOException {
        server = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @Test
    void bindsTheOrganisationFirst() {
        Postgres postgres = door(new Settings());

        assertEquals(
                List.of("org_1 x'; DROP TABLE apps; -- null"),
                postgres.list(
                        CALLER,
                        "SELECT $1 || ' ' || $2 || ' ' || coalesce($3, 'null')",
                        row -> row.getString(0),
                        "x'; DROP TABLE apps; --",
                        null));
        assertEquals(List.of(1, 2), postgres.listAll("SELECT unnest($1::int[])", row -> row.getInteger(0), (Object)
                new Integer[] {1, 2}));
    }

    @Test
    void aRefusedStatementIsOurMistake() {
        FailureException failed = failure(() -> door(new Settings()).listAll("SELECT nonsense", row -> row));

        assertEquals(new Failure.Internal(), failed.failure());
        assertEquals(
                "42703",
                assertThrows(PgException.class, () -> {
                            throw failed.getCause();
                        })
                        .getSqlState());
        assertEquals(
                new Failure.Internal(),
                failure(() -> door(new Settings()).listAll("SELECT $1::int", row -> row, "not a number"))
                        .failure());
    }

    @Test
    void aServerThatStopsIsUnreachable() throws Exception {
        try (EmbeddedPostgres stopping = EmbeddedPostgres.start();
                Connection open = stopping.getPostgresDatabase().getConnection()) {
            // A smart shutdown waits for the open connection and refuses others with 57P03.
            ProcessHandle.of(postmaster(open)).orElseThrow().destroy();
            Postgres postgres = TestPostgres.door(vertx, options(stopping.getPort()), new Settings());

            await().atMost(LONG).untilAsserted(() -> {
                FailureException failed = failure(() -> postgres.listAll("SELECT 1", row -> row));
                assertUnreachable(failed);
                assertEquals("57P03", ((PgException) failed.getCause()).getSqlState());
            });
        }
    }

    @Test
    void aServerWithoutRoomForAnotherConnectionIsUnreachable() throws Exception {
        execute("CREATE ROLE crowded LOGIN CONNECTION LIMIT 0");
        PgConnectOptions options = options(server.getPort()).setUser("crowded");
        Postgres postgres = TestPostgres.door(vertx, options, new Settings());

        FailureException failed = failure(() -> postgres.listAll("SELECT 1", row -> row));

        assertUnreachable(failed);
        assertEquals("53300", ((PgException) failed.getCause()).getSqlState());
        assertUnreachable(failureOf(postgres.listAllUni("SELECT 1", row -> row)));
        ProbeResource.failWith(() -> failed);
        given().get("/probe/failing")
                .then()
                .statusCode(503)
                .header("Retry-After", "1")
                .body("message", equalTo("A data store is unavailable"));
    }

    @Test
    void aServerThatRefusesTheLogInIsUnreachable() {
        PgConnectOptions options = options(server.getPort()).setUser("nobody");

        FailureException failed =
                failure(() -> TestPostgres.door(vertx, options, new Settings()).listAll("SELECT 1", row -> row));

        assertUnreachable(failed);
        assertEquals("28000", ((PgException) failed.getCause()).getSqlState());
    }

    @Test
    void aServerThatIsAwayIsUnreachable() {
        assertUnreachable(failure(() -> TestPostgres.away(vertx).listAll("SELECT 1", row -> row)));
    }

    @Test
    void aFrozenServerTimesOutUnderItsOwnName() throws Exception {
        Postgres postgres = door(new Settings().withTimeout(Duration.ofMillis(500)));
        long backend = await().atMost(LONG)
                .ignoreExceptionsInstanceOf(FailureException.class)
                .until(() -> postgres.listAll("SELECT pg_backend_pid()", row -> row.getLong(0)), pids -> true)
                .getFirst();
        signal("STOP", backend);
        try {
            FailureException failed = failure(() -> postgres.listAll("SELECT 1", row -> row));

            assertEquals(new Failure.TimedOut(Failure.Store.POSTGRESQL), failed.failure());
            assertTrue(failed.getMessage().contains("POSTGRESQL"), failed.getMessage());
            assertEquals(
                    failed.failure(),
                    failureOf(postgres.listAllUni("SELECT 1", row -> row)).failure());
            ProbeResource.failWith(() -> failed);
            given().get("/probe/failing")
                    .then()
                    .statusCode(504)
                    .body("message", equalTo("The database took too long to answer"));
        } finally {
            signal("CONT", backend);
        }
        await().atMost(LONG)
                .ignoreExceptionsInstanceOf(FailureException.class)
                .until(() -> postgres.listAll("SELECT 1", row -> row.getInteger(0)), List.of(1)::equals);
    }

    @Test
    void aStatementThatTheServerCancelsTimesOut() {
        FailureException failed = failure(() ->
                door(new Settings()).listAll("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)", row -> row));

        assertEquals(new Failure.TimedOut(Failure.Store.POSTGRESQL), failed.failure());
    }

    @Test
    void aReadIsTriedAgain() {
        try (BreakingProxy proxy = new BreakingProxy(vertx, server.getPort(), 1)) {
            Postgres postgres = TestPostgres.door(vertx, options(proxy.port()), new Settings().withRetries(1));

            assertEquals(List.of(1), postgres.listAll("SELECT 1", row -> row.getInteger(0)));
            assertEquals(2, proxy.accepted());
        }
    }

    @Test
    void aReadIsTriedAgainSoOftenAndNotMore() {
        try (BreakingProxy proxy = new BreakingProxy(vertx, server.getPort(), 100)) {
            Postgres postgres = TestPostgres.door(vertx, options(proxy.port()), new Settings().withRetries(2));

            assertUnreachable(failure(() -> postgres.listAll("SELECT 1", row -> row)));
            assertEquals(3, proxy.accepted());
        }
    }

    @Test
    void aRefusedStatementIsNotTriedAgain() throws SQLException {
        execute("CREATE SEQUENCE tried");
        Postgres postgres = door(new Settings().withRetries(2));

        failure(() -> postgres.listAll("SELECT nextval('tried') / 0", row -> row));

        assertEquals(List.of(2L), postgres.listAll("SELECT nextval('tried')", row -> row.getLong(0)));
    }

    @Test
    void aWriteIsNotTriedAgain() {
        try (BreakingProxy proxy = new BreakingProxy(vertx, server.getPort(), 1)) {
            Postgres postgres = TestPostgres.door(vertx, options(proxy.port()), new Settings().withRetries(2));

            assertUnreachable(failure(() -> postgres.write("SELECT 1", row -> row)));
            assertEquals(1, proxy.accepted());
        }
    }

    @Test
    void doesNotAskAServerThatIsAwayAgainAndAgain() {
        try (BreakingProxy proxy = new BreakingProxy(vertx, server.getPort(), 4)) {
            Postgres postgres = TestPostgres.door(vertx, options(proxy.port()), new Settings().withCircuitAttempts(4));

            for (int i = 0; i < 8; i++) {
                assertUnreachable(failure(() -> postgres.listAll("SELECT 1", row -> row)));
            }
            assertEquals(4, proxy.accepted());

            await().atMost(LONG)
                    .ignoreExceptionsInstanceOf(FailureException.class)
                    .until(() -> postgres.listAll("SELECT 1", row -> row.getInteger(0)), List.of(1)::equals);
        }
    }

    /** Otherwise each request would wait for the whole timeout. */
    @Test
    void doesNotAskASilentServerAgainAndAgain() throws IOException {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Postgres postgres = TestPostgres.door(
                    vertx,
                    options(silent.getLocalPort()),
                    new Settings().withTimeout(Duration.ofMillis(100)).withCircuitAttempts(2));
            for (int i = 0; i < 2; i++) {
                assertEquals(
                        new Failure.TimedOut(Failure.Store.POSTGRESQL),
                        failure(() -> postgres.listAll("SELECT 1", row -> row)).failure());
            }

            assertUnreachable(failure(() -> postgres.listAll("SELECT 1", row -> row)));
        }
    }

    @Test
    void refusedStatementsDoNotStopOthers() {
        Postgres postgres = door(new Settings().withCircuitAttempts(4));

        for (int i = 0; i < 8; i++) {
            assertEquals(
                    new Failure.Internal(),
                    failure(() -> postgres.listAll("SELECT nonsense", row -> row))
                            .failure());
        }

        assertEquals(List.of(1), postgres.listAll("SELECT 1", row -> row.getInteger(0)));
    }

    @Test
    void refusesMoreStatementsThanMayRunAtTheSameTime() throws SQLException {
        Postgres postgres = door(new Settings().withMaxConcurrency(1));
        List<CompletableFuture<List<Integer>>> waiting;
        try (Connection holder = server.getPostgresDatabase().getConnection()) {
            holder.createStatement().execute("SELECT pg_advisory_lock(1)");
            // One runs, one waits for its turn.
            waiting = List.of(lockAndUnlock(postgres), lockAndUnlock(postgres));

            assertEquals(
                    new Failure.Overloaded(Duration.ofSeconds(1)),
                    failure(() -> postgres.listAll("SELECT 1", row -> row)).failure());
        }
        waiting.forEach(answer -> assertEquals(List.of(1), answer.join()));
        assertEquals(List.of(1), postgres.listAll("SELECT 1", row -> row.getInteger(0)));
    }

    /** Statements that hang keep their places, so the next one is refused: that proves no answer. */
    @Test
    void aRefusedStatementDoesNotCloseTheCircuit() throws SQLException {
        Postgres postgres = door(new Settings()
                .withTimeout(Duration.ofMillis(100))
                .withMaxConcurrency(1)
                .withCircuitAttempts(2));
        try (Connection holder = server.getPostgresDatabase().getConnection()) {
            holder.createStatement().execute("SELECT pg_advisory_lock(1)");
            for (CompletableFuture<List<Integer>> hanging : List.of(lockAndUnlock(postgres), lockAndUnlock(postgres))) {
                assertThrows(CompletionException.class, hanging::join);
            }
            assertUnreachable(failure(() -> postgres.listAll("SELECT 1", row -> row)));

            await().atMost(LONG)
                    .until(() -> failure(() -> postgres.listAll("SELECT 1", row -> row))
                                    .failure()
                            instanceof Failure.Overloaded);

            assertUnreachable(failure(() -> postgres.listAll("SELECT 1", row -> row)));
        }
    }

    @Test
    void countsHowStatementsEnd() {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        Postgres postgres = TestPostgres.door(vertx, options(server.getPort()), new Settings(), meters);

        postgres.listAll("SELECT 1", row -> row.getInteger(0));
        failure(() -> postgres.listAll("SELECT nonsense", row -> row));
        failure(() -> postgres.listAll("SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)", row -> row));

        assertEquals(
                1,
                meters.timer("quarry.postgres.statement", "outcome", "success").count());
        assertEquals(
                1,
                meters.timer("quarry.postgres.statement", "outcome", "failure").count());
        assertEquals(
                1,
                meters.timer("quarry.postgres.statement", "outcome", "timed_out")
                        .count());
        assertEquals(
                0,
                meters.timer("quarry.postgres.statement", "outcome", "unreachable")
                        .count());
    }

    private static CompletableFuture<List<Integer>> lockAndUnlock(Postgres postgres) {
        return postgres.listAllUni(
                        "SELECT 1 FROM (SELECT pg_advisory_lock(1)) AS locked, LATERAL pg_advisory_unlock(1)",
                        row -> row.getInteger(0))
                .subscribeAsCompletionStage();
    }

    private Postgres door(Settings settings) {
        return TestPostgres.door(vertx, options(server.getPort()), settings);
    }

    private static PgConnectOptions options(int port) {
        return new PgConnectOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setDatabase("postgres")
                .setUser("postgres")
                .setPassword("postgres");
    }

    private static FailureException failure(Executable statement) {
        return assertThrows(FailureException.class, statement);
    }

    private static FailureException failureOf(Uni<?> statement) {
        CompletionException failed = assertThrows(
                CompletionException.class,
                () -> statement.subscribeAsCompletionStage().join());
        return (FailureException) failed.getCause();
    }

    private static void assertUnreachable(FailureException failed) {
        assertEquals(new Failure.Unreachable(Failure.Store.POSTGRESQL, Duration.ofSeconds(1)), failed.failure());
        assertTrue(failed.getMessage().contains("POSTGRESQL"), failed.getMessage());
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = server.getPostgresDatabase().getConnection()) {
            connection.createStatement().execute(sql);
        }
    }

    private static long postmaster(Connection connection) throws SQLException, IOException {
        ResultSet directory = connection.createStatement().executeQuery("SHOW data_directory");
        assertTrue(directory.next());
        return Long.parseLong(Files.readAllLines(Path.of(directory.getString(1), "postmaster.pid"))
                .getFirst());
    }

    private static void signal(String name, long process) throws IOException, InterruptedException {
        assertEquals(
                0,
                new ProcessBuilder("kill", "-" + name, Long.toString(process))
                        .start()
                        .waitFor());
    }
}
