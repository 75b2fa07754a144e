package dev.quarry.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import com.google.errorprone.annotations.CompileTimeConstant;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import java.io.InputStream;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * The ClickHouse client for everything that talks to the engine. It uses no compression, because the network is local,
 * and no retries. An {@link Error} inside a call closes the client's connection pool for good; this class then builds a
 * new client.
 *
 * <p>It does not filter rows by tenant: requests read through {@link ClickHouse}. All methods throw
 * {@link ClickHouseException}.
 */
public final class ClickHouseClient implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(ClickHouseClient.class);
    /** Bytes. The client's default of 300,000, twice a connection, takes 19 MB of heap with 32 connections. */
    private static final int NETWORK_BUFFER = 16_384;

    private final ClickHouseConfiguration address;
    private final Login login;
    private final ClickHouseSpans spans;
    private final AtomicReference<Client> client;

    /**
     * A user of the engine.
     *
     * @param application the name of the client in the engine's query log
     * @param maxConnections size of the connection pool
     */
    public record Login(String application, String user, String password, int maxConnections) {
        /** Keeps the password out of logs. */
        @Override
        public String toString() {
            return "Login[" + application + ", " + user + "]";
        }
    }

    public ClickHouseClient(ClickHouseConfiguration address, Login login, OpenTelemetry telemetry) {
        this.address = address;
        this.login = login;
        this.spans = new ClickHouseSpans(telemetry, address);
        this.client = new AtomicReference<>(build());
    }

    /** Runs a statement. The answer's stream is closed when {@code reader} returns. */
    public <T> T query(
            @CompileTimeConstant String sql,
            Map<String, Object> parameters,
            QuerySettings settings,
            Function<InputStream, T> reader) {
        return traced(
                spans.begin(sql, settings::httpHeader),
                client -> client.query(sql, parameters, settings),
                answer -> reader.apply(answer.getInputStream()));
    }

    /** Inserts the rows of {@code body} in {@code format}; columns that are not named get their defaults. */
    public void insert(
            TableName table, List<String> columns, InputStream body, ClickHouseFormat format, InsertSettings settings) {
        traced(
                spans.begin("INSERT INTO " + table.name(), settings::httpHeader),
                client -> client.insert(table.name(), columns, body, format, settings),
                Function.identity());
    }

    /**
     * Drops every connection. After an outage the engine may have been restarted, and a pooled connection to the old
     * process fails only when it is used.
     */
    public void reconnect() {
        replace(client.get());
    }

    @Override
    public void close() {
        client.get().close();
    }

    private <A extends AutoCloseable, T> T traced(
            Span span, Function<Client, CompletableFuture<A>> call, Function<? super A, T> reader) {
        QueryOutcome outcome = QueryOutcome.FAILURE;
        try {
            T answer = run(call, reader);
            outcome = QueryOutcome.SUCCESS;
            return answer;
        } catch (ClickHouseException failed) {
            outcome = failed.outcome();
            throw failed;
        } finally {
            spans.end(span, outcome);
        }
    }

    private <A extends AutoCloseable, T> T run(
            Function<Client, CompletableFuture<A>> call, Function<? super A, T> reader) {
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
        } catch (Exception failed) {
            if (failed instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            if (ClickHouseException.isPoolShutDown(failed)) {
                replace(current);
            }
            throw ClickHouseException.of(failed);
        }
    }

    private static void close(AutoCloseable answer) {
        try {
            answer.close();
        } catch (Exception failed) {
            LOG.debug("Cannot close an answer of the engine", failed);
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

    private Client build() {
        long connectMillis = address.connectTimeout().toMillis();
        Client built = new Client.Builder()
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
        return SingleAttemptTransport.installIn(
                built, "https".equalsIgnoreCase(address.url().getScheme()));
    }
}
