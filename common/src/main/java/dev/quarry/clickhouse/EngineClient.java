package dev.quarry.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import java.io.InputStream;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * ClickHouse's client, set up in one way for all who ask the engine: no compression on a local network, no retries of its
 * own. An {@link Error} inside a call closes its connection pool for good, so the client is then made anew.
 *
 * <p>It knows of no caller and no wall: what is read for a request goes through {@link ClickHouse}.
 */
public final class EngineClient implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(EngineClient.class);
    /** Bytes. The client's default of 300,000, twice a connection, takes 19 MB of the heap at 32 connections. */
    private static final int NETWORK_BUFFER = 16_384;

    private final ClickHouseConfiguration address;
    private final Login login;
    private final EngineSpans spans;
    private final AtomicReference<Client> client;

    /**
     * As whom the engine is asked.
     *
     * @param application what the engine's query log knows the asker by
     * @param maxConnections connections kept at most
     */
    public record Login(String application, String user, String password, int maxConnections) {
        /** Keeps the password out of logs. */
        @Override
        public String toString() {
            return "Login[" + application + ", " + user + "]";
        }
    }

    public EngineClient(ClickHouseConfiguration address, Login login, OpenTelemetry telemetry) {
        this.address = address;
        this.login = login;
        this.spans = new EngineSpans(telemetry, address);
        this.client = new AtomicReference<>(build());
    }

    /** Asks and reads: the answer's stream is the reader's only until it returns. */
    public <T> T query(
            String sql, Map<String, Object> parameters, QuerySettings settings, Function<InputStream, T> reader)
            throws ExecutionException, InterruptedException {
        return traced(
                spans.begin(sql, settings::httpHeader),
                client -> client.query(sql, parameters, settings),
                answer -> reader.apply(answer.getInputStream()));
    }

    /** Inserts the rows of {@code body} in {@code format}; columns that are not named get their defaults. */
    public void insert(
            String table, List<String> columns, InputStream body, ClickHouseFormat format, InsertSettings settings)
            throws ExecutionException, InterruptedException {
        traced(
                spans.begin("INSERT INTO " + table, settings::httpHeader),
                client -> client.insert(table, columns, body, format, settings),
                Function.identity());
    }

    /**
     * Drops every connection if that is what failed: the engine may have been started anew, and a connection to the old one
     * shows that only when it is used.
     *
     * @return whether they were dropped, so that another attempt finds out how the engine is now
     */
    public boolean reopenAfter(Throwable failed) {
        boolean unreachable = EngineErrors.translate(failed) instanceof EngineUnreachableException;
        if (unreachable) {
            replace(client.get());
        }
        return unreachable;
    }

    /** Whether the engine refused the statement itself, rather than being away, overloaded or out of time or memory. */
    public static boolean isMistake(Throwable failed) {
        return EngineErrors.translate(failed) instanceof FailureException told
                && told.failure() instanceof Failure.Internal;
    }

    @Override
    public void close() {
        client.get().close();
    }

    private <A extends AutoCloseable, T> T traced(
            Span span, Function<Client, CompletableFuture<A>> call, Function<? super A, T> reader)
            throws ExecutionException, InterruptedException {
        Throwable thrown = null;
        try {
            return ask(call, reader);
        } catch (Throwable failed) {
            thrown = failed;
            throw failed;
        } finally {
            spans.end(span, thrown);
        }
    }

    private <A extends AutoCloseable, T> T ask(
            Function<Client, CompletableFuture<A>> call, Function<? super A, T> reader)
            throws ExecutionException, InterruptedException {
        Client current = client.get();
        try {
            A answer = call.apply(current).get();
            try {
                return reader.apply(answer);
            } finally {
                close(answer);
            }
        } catch (Error broken) {
            replace(current);
            throw broken;
        } catch (RuntimeException failed) {
            if (isPoolShutDown(failed)) {
                replace(current);
                throw new EngineUnreachableException(failed);
            }
            throw failed;
        }
    }

    private static void close(AutoCloseable answer) {
        try {
            answer.close();
        } catch (Exception failed) {
            LOG.debug("An answer could not be closed", failed);
        }
    }

    private void replace(Client broken) {
        Client fresh = build();
        if (client.compareAndSet(broken, fresh)) {
            broken.close();
        } else {
            fresh.close();
        }
    }

    private static boolean isPoolShutDown(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalStateException && "Connection pool shut down".equals(cause.getMessage())) {
                return true;
            }
        }
        return false;
    }

    private Client build() {
        long connectMillis = address.connectTimeout().toMillis();
        return new Client.Builder()
                .addEndpoint(address.url().toString())
                .setUsername(login.user())
                .setPassword(login.password())
                .setDefaultDatabase(address.database())
                .setMaxConnections(login.maxConnections())
                .setConnectTimeout(connectMillis, ChronoUnit.MILLIS)
                .setConnectionRequestTimeout(connectMillis, ChronoUnit.MILLIS)
                .setClientNetworkBufferSize(NETWORK_BUFFER)
                .compressServerResponse(false)
                .compressClientRequest(false)
                .setMaxRetries(0)
                .retryOnFailures(ClientFaultCause.None)
                .setClientName(login.application())
                .build();
    }
}
