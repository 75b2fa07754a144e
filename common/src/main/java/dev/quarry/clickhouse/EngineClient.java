package dev.quarry.clickhouse;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ClientFaultCause;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * ClickHouse's client, set up once: no compression on a local network, no retries of its own. An {@link Error} inside a
 * call closes its connection pool for good, so the client is then made anew.
 */
@ApplicationScoped
class EngineClient {
    private static final Logger LOG = Logger.getLogger(EngineClient.class);

    private final ClickHouseConfiguration configuration;
    private final AtomicReference<Client> client;

    EngineClient(ClickHouseConfiguration configuration) {
        this.configuration = configuration;
        this.client = new AtomicReference<>(build(configuration));
    }

    /** Asks and reads: the answer's stream is the reader's only until it returns. */
    <T> T query(String sql, Map<String, Object> parameters, QuerySettings settings, Function<InputStream, T> reader)
            throws ExecutionException, InterruptedException {
        Client current = client.get();
        try {
            QueryResponse response = current.query(sql, parameters, settings).get();
            try {
                return reader.apply(response.getInputStream());
            } finally {
                close(response);
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

    @PreDestroy
    void close() {
        client.get().close();
    }

    private static void close(QueryResponse response) {
        try {
            response.close();
        } catch (Exception failed) {
            LOG.debug("An answer could not be closed", failed);
        }
    }

    private void replace(Client broken) {
        Client fresh = build(configuration);
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

    private static Client build(ClickHouseConfiguration configuration) {
        long connectMillis = configuration.connectTimeout().toMillis();
        return new Client.Builder()
                .addEndpoint(configuration.url().toString())
                .setUsername(configuration.user())
                .setPassword(configuration.password().orElse(""))
                .setDefaultDatabase(configuration.database())
                .setMaxConnections(configuration.maxConnections())
                .setConnectTimeout(connectMillis, ChronoUnit.MILLIS)
                .setConnectionRequestTimeout(connectMillis, ChronoUnit.MILLIS)
                .compressServerResponse(false)
                .compressClientRequest(false)
                .setMaxRetries(0)
                .retryOnFailures(ClientFaultCause.None)
                .setClientName("quarry")
                .build();
    }
}
