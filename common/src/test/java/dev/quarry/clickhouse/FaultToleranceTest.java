package dev.quarry.clickhouse;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.error.AbandonedException;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.fairness.TestFairness;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.SmallRyeConfigBuilder;
import jakarta.inject.Inject;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads from the real engine, behind a proxy that breaks requests. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class FaultToleranceTest {
    private static final Caller CALLER = new Caller("acme", Set.of(), Mechanism.API_KEY, "key");
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final Map<String, String> HALF_OPEN_SOON = Map.of(
            "retry.max-retries", "0",
            "circuit-breaker.reads", "1",
            "circuit-breaker.delay", "50ms");

    @Inject
    ClickHouseConfiguration engine;

    @Inject
    TenantTables tables;

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<ClickHouse> opened = new ArrayList<>();
    private BreakableProxy proxy;
    private ReadContext context = ReadContext.NONE;

    @BeforeEach
    void start() throws IOException {
        proxy = new BreakableProxy(engine.url().toString());
    }

    @AfterEach
    void stop() {
        opened.forEach(ClickHouse::close);
        proxy.close();
        threads.shutdownNow();
    }

    @Test
    void repeatsAReadThatBrokeOff() {
        proxy.breaks((exchange, number) -> number == 1 && BreakableProxy.Break.CONNECTION.handle(exchange, number));

        assertEquals(7, read(clickHouse(Map.of())));
        assertEquals(2, proxy.requests());
    }

    @Test
    void repeatsAReadThatLostAShard() {
        proxy.breaks((exchange, number) -> number == 1 && BreakableProxy.Break.SHARD.handle(exchange, number));

        assertEquals(7, read(clickHouse(Map.of())));
        assertEquals(2, proxy.requests());
    }

    /** Organisations of other shards still get answers. */
    @Test
    void theLossOfAShardDoesNotOpenTheCircuit() {
        ClickHouse clickHouse = clickHouse(Map.of("circuit-breaker.reads", "1", "circuit-breaker.delay", "1h"));
        proxy.breaks(BreakableProxy.Break.SHARD);
        assertFailure(Failure.Unreachable.class, clickHouse);
        proxy.breaks(BreakableProxy.Break.NOTHING);

        assertEquals(7, read(clickHouse));
        assertEquals(3, proxy.requests());
    }

    @Test
    void anAnswerWithoutAHeaderIsNoEmptyAnswer() {
        proxy.breaks((exchange, number) -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
            return true;
        });
        ClickHouse clickHouse = clickHouse(Map.of());

        FailureException failed = assertThrows(
                FailureException.class,
                () -> clickHouse.query(CALLER, "SELECT 7 WHERE 0").list(Row::nextLong));

        assertInstanceOf(Failure.Unreachable.class, failed.failure());
        assertEquals(2, proxy.requests());
    }

    @Test
    void repeatsAReadAsOftenAsConfigured() {
        proxy.breaks(BreakableProxy.Break.CONNECTION);

        assertFailure(Failure.Unreachable.class, clickHouse(Map.of("retry.max-retries", "3", "retry.delay", "1ms")));
        assertEquals(4, proxy.requests());
    }

    @Test
    void repeatsNoReadThatTheEngineRefused() {
        ClickHouse clickHouse = clickHouse(Map.of());

        FailureException refused = assertThrows(
                FailureException.class,
                () -> clickHouse.query(CALLER, "SELECT nonsense").one(Row::nextLong));

        assertInstanceOf(Failure.Internal.class, refused.failure());
        assertEquals(1, proxy.requests());
    }

    /** The HTTP client below would repeat it. */
    @Test
    void sendsARequestThatWasAnsweredWith503Once() {
        proxy.breaks(BreakableProxy.Break.UNAVAILABLE);

        assertFailure(Failure.Unreachable.class, clickHouse(Map.of("retry.max-retries", "0")));
        assertEquals(1, proxy.requests());
    }

    /** The HTTP client below would repeat it without its rows. */
    @Test
    void sendsRowsThatWereAnsweredWith503Once() {
        proxy.breaks(BreakableProxy.Break.UNAVAILABLE);
        var login = new ClickHouseClient.Login(
                "test", engine.user(), engine.password().orElse(""), 1);

        try (var client = new ClickHouseClient(configuration(Map.of()), login, OpenTelemetry.noop())) {
            var rows = new ByteArrayInputStream("acme\n".getBytes(StandardCharsets.UTF_8));
            var settings = new InsertSettings().setDatabase(engine.database());
            ClickHouseException failed = assertThrows(
                    ClickHouseException.class,
                    () -> client.insert(
                            new TableName("events"),
                            List.of("organization_id"),
                            rows,
                            ClickHouseFormat.TabSeparated,
                            settings));
            assertTrue(failed.isOutage());
        }
        assertEquals(1, proxy.requests());
    }

    @Test
    void answersInsteadOfAnEngineThatMostReadsCouldNotReach() {
        ClickHouse clickHouse = clickHouse(Map.of(
                "retry.max-retries", "0",
                "circuit-breaker.reads", "4",
                "circuit-breaker.failure-ratio", "0.5",
                "circuit-breaker.delay", "1h"));
        proxy.breaks((exchange, number) -> number > 2 && BreakableProxy.Break.CONNECTION.handle(exchange, number));
        read(clickHouse);
        read(clickHouse);
        assertFailure(Failure.Unreachable.class, clickHouse);
        assertFailure(Failure.Unreachable.class, clickHouse);
        proxy.breaks(BreakableProxy.Break.NOTHING);

        FailureException failed = assertFailure(Failure.Unreachable.class, clickHouse);

        assertInstanceOf(CircuitBreakerOpenException.class, failed.getCause());
        assertEquals(4, proxy.requests());
        assertTrue(clickHouse.isReachable(), "readiness asks the engine itself");
    }

    @Test
    void asksAgainAfterTheCircuitBreakersDelay() {
        ClickHouse clickHouse = clickHouse(
                Map.of("retry.max-retries", "0", "circuit-breaker.reads", "2", "circuit-breaker.delay", "50ms"));
        proxy.breaks(BreakableProxy.Break.CONNECTION);
        assertFailure(Failure.Unreachable.class, clickHouse);
        assertFailure(Failure.Unreachable.class, clickHouse);
        proxy.breaks(BreakableProxy.Break.NOTHING);

        await().atMost(SOON).ignoreException(FailureException.class).until(() -> read(clickHouse) == 7);
    }

    @Test
    void aClientThatLeavesDoesNotCloseTheCircuit() throws Exception {
        ClickHouse clickHouse = clickHouse(HALF_OPEN_SOON);
        double opened = opened();
        openCircuit(clickHouse);
        CountDownLatch release = holdRequests();
        TestDeparture client = new TestDeparture();
        context = new ReadContext("", "", nanos -> {}, false, client);
        Future<FailureException> probe = threads.submit(() -> probe(clickHouse));
        await().atMost(SOON).until(() -> proxy.requests() == 2);

        client.happen();

        assertInstanceOf(AbandonedException.class, probe.get(SOON.toSeconds(), TimeUnit.SECONDS));
        assertEquals(opened + 2, opened());
        release.countDown();
    }

    /** The attempt as a whole takes too long, or the socket is silent for too long. */
    @ParameterizedTest
    @ValueSource(strings = {"200ms", "1m"})
    void anEngineThatIsSilentDoesNotCloseTheCircuit(String timeoutMargin) {
        Map<String, String> settings = new HashMap<>(HALF_OPEN_SOON);
        settings.put("guards.time", "1s");
        settings.put("timeout-margin", timeoutMargin);
        ClickHouse clickHouse = clickHouse(settings);
        double opened = opened();
        openCircuit(clickHouse);
        CountDownLatch release = holdRequests();

        assertInstanceOf(Failure.TimedOut.class, probe(clickHouse).failure());

        assertEquals(opened + 2, opened());
        release.countDown();
    }

    @Test
    void anErrorOfTheEngineClosesTheCircuit() {
        ClickHouse clickHouse = clickHouse(HALF_OPEN_SOON);
        double opened = opened();
        openCircuit(clickHouse);
        proxy.breaks(BreakableProxy.Break.SHARD);

        probe(clickHouse);

        proxy.breaks(BreakableProxy.Break.NOTHING);
        assertEquals(7, read(clickHouse));
        assertEquals(opened + 1, opened());
    }

    /** Each byte arrives before the socket's timeout. */
    @Test
    void givesUpAnAnswerThatTrickles() throws Exception {
        ClickHouse clickHouse = clickHouse(Map.of("guards.time", "1s", "timeout-margin", "200ms"));
        proxy.breaks(BreakableProxy.Break.TRICKLE);

        Future<FailureException> failed = threads.submit(() -> assertFailure(Failure.TimedOut.class, clickHouse));

        failed.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertEquals(1, proxy.requests());
    }

    /** Its connection is closed, it is not repeated, and the circuit stays closed. */
    @Test
    void endsAReadWhoseClientGoes() throws Exception {
        TestDeparture client = new TestDeparture();
        context = new ReadContext("", "", nanos -> {}, false, client);
        ClickHouse clickHouse = clickHouse(Map.of("circuit-breaker.reads", "1", "circuit-breaker.delay", "1h"));
        CountDownLatch release = holdRequests();
        Future<AbandonedException> read =
                threads.submit(() -> assertThrows(AbandonedException.class, () -> read(clickHouse)));
        await().atMost(SOON).until(() -> proxy.requests() == 1);

        client.happen();

        read.get(SOON.toSeconds(), TimeUnit.SECONDS);
        assertThrows(AbandonedException.class, () -> read(clickHouse));
        assertEquals(1, proxy.requests());
        release.countDown();
        context = ReadContext.NONE;
        assertEquals(7, read(clickHouse));
    }

    /** Waiting in vain for a connection is no outage: it is not repeated, and does not open the circuit. */
    @Test
    void isOverloadedWithoutAFreeConnection() throws Exception {
        ClickHouse clickHouse =
                clickHouse(Map.of("max-connections", "1", "connect-timeout", "50ms", "circuit-breaker.reads", "2"));
        CountDownLatch release = holdRequests();
        Future<Long> first = threads.submit(() -> read(clickHouse));
        await().atMost(SOON).until(() -> proxy.requests() == 1);

        for (int i = 0; i < 4; i++) {
            assertFailure(Failure.Overloaded.class, clickHouse);
        }

        release.countDown();
        assertEquals(7, first.get(SOON.toSeconds(), TimeUnit.SECONDS));
        assertEquals(7, read(clickHouse));
        assertEquals(2, proxy.requests());
    }

    /** As behind a firewall that drops packets. */
    @Test
    void anEngineThatAcceptsNoConnectionIsUnreachable() throws IOException {
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            List<Socket> backlog = fill(full);
            ClickHouse clickHouse = clickHouse(Map.of(
                    "url", "http://127.0.0.1:" + full.getLocalPort(),
                    "connect-timeout", "100ms",
                    "retry.max-retries", "0",
                    "circuit-breaker.reads", "2",
                    "circuit-breaker.delay", "1h"));

            assertFailure(Failure.Unreachable.class, clickHouse);
            assertFailure(Failure.Unreachable.class, clickHouse);

            FailureException failed = assertFailure(Failure.Unreachable.class, clickHouse);
            assertInstanceOf(CircuitBreakerOpenException.class, failed.getCause());
            for (Socket socket : backlog) {
                socket.close();
            }
        }
    }

    @Test
    void replacesAClientWhosePoolAnErrorHasClosed() {
        var login = new ClickHouseClient.Login(
                "test", engine.user(), engine.password().orElse(""), 1);
        try (var client = new ClickHouseClient(configuration(Map.of()), login, OpenTelemetry.noop())) {
            assertThrows(
                    AssertionError.class,
                    () -> client.query("SELECT 1", Map.of(), new QuerySettings(), answer -> {
                        throw new AssertionError("a reader that breaks");
                    }));

            assertEquals(
                    "1\n",
                    client.query(
                            "SELECT 1 FORMAT TSV",
                            Map.of(),
                            new QuerySettings().setFormat(ClickHouseFormat.TSV),
                            FaultToleranceTest::text));
        }
    }

    /** A client that goes when the test says so. */
    private static final class TestDeparture implements Departure {
        private final Set<Runnable> actions = ConcurrentHashMap.newKeySet();
        private volatile boolean hasHappened;

        void happen() {
            hasHappened = true;
            actions.forEach(Runnable::run);
        }

        @Override
        public boolean hasHappened() {
            return hasHappened;
        }

        @Override
        public Registration whenItHappens(Runnable action) {
            actions.add(action);
            return () -> actions.remove(action);
        }
    }

    private static String text(InputStream answer) {
        try {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Fills the queue of connections that nobody accepts. */
    private static List<Socket> fill(ServerSocket server) throws IOException {
        List<Socket> sockets = new ArrayList<>();
        while (true) {
            Socket socket = new Socket();
            sockets.add(socket);
            try {
                socket.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()), 500);
            } catch (SocketTimeoutException full) {
                return sockets;
            }
        }
    }

    /** The proxy holds requests until the latch is released. */
    private CountDownLatch holdRequests() {
        CountDownLatch release = new CountDownLatch(1);
        proxy.breaks((exchange, number) -> {
            try {
                release.await();
                return false;
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            }
        });
        return release;
    }

    private void openCircuit(ClickHouse clickHouse) {
        proxy.breaks(BreakableProxy.Break.CONNECTION);
        assertFailure(Failure.Unreachable.class, clickHouse);
    }

    /** Reads until the circuit breaker lets a read through, and returns how that one failed. */
    private static FailureException probe(ClickHouse clickHouse) {
        return await().atMost(SOON)
                .until(
                        () -> assertThrows(FailureException.class, () -> read(clickHouse)),
                        failed -> !(failed.getCause() instanceof CircuitBreakerOpenException));
    }

    /** How often circuits have opened. */
    private static double opened() {
        return Scrape.now().sum("ft_circuitbreaker_opened_total", "method", "clickhouse");
    }

    private static long read(ClickHouse clickHouse) {
        return clickHouse.query(CALLER, "SELECT 7").one(Row::nextLong);
    }

    private static FailureException assertFailure(Class<? extends Failure> expected, ClickHouse clickHouse) {
        FailureException failed = assertThrows(FailureException.class, () -> read(clickHouse));
        assertInstanceOf(expected, failed.failure(), () -> "cause: " + failed.getCause());
        return failed;
    }

    private ClickHouse clickHouse(Map<String, String> settings) {
        ClickHouse clickHouse = new ClickHouse(
                configuration(settings),
                tables,
                TestFairness.queue(),
                () -> context,
                new ObjectMapper(),
                new SimpleMeterRegistry(),
                OpenTelemetry.noop());
        opened.add(clickHouse);
        return clickHouse;
    }

    private ClickHouseConfiguration configuration(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>();
        all.put("quarry.clickhouse.url", proxy.url());
        all.put("quarry.clickhouse.database", engine.database());
        all.put("quarry.clickhouse.user", engine.user());
        engine.password().ifPresent(password -> all.put("quarry.clickhouse.password", password));
        settings.forEach((name, value) -> all.put("quarry.clickhouse." + name, value));
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(ClickHouseConfiguration.class)
                .withDefaultValues(all)
                .build()
                .getConfigMapping(ClickHouseConfiguration.class);
    }
}
