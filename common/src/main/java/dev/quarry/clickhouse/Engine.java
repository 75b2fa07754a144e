package dev.quarry.clickhouse;

import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.error.FailureException;
import dev.quarry.request.RequestContext;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.eclipse.microprofile.faulttolerance.CircuitBreaker;
import org.eclipse.microprofile.faulttolerance.Retry;

/**
 * Asks the engine. Whether to ask again is decided here alone: once, and only when the engine could not be reached, since
 * every question is a read. When most questions find it away, the circuit answers in its place for a second at a time.
 */
@ApplicationScoped
@Startup
class Engine {
    /** So that the engine's own word on a time limit arrives before the socket gives up. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    /**
     * What a query may decide about how it is carried out. All else is the door's; on a server, what is here must also be in
     * the settings profile of {@code quarry_reader}.
     */
    private static final Set<String> OF_QUERIES = Set.of(
            "do_not_merge_across_partitions_select_final",
            "enable_shared_storage_snapshot_in_query",
            "max_block_size",
            "max_result_bytes",
            "max_threads");

    private final EngineClient client;
    private final ClickHouseConfiguration configuration;
    private final ObjectMapper json;
    private final Map<QueryOutcome, Timer> times = new EnumMap<>(QueryOutcome.class);

    Engine(ClickHouseConfiguration configuration, ObjectMapper json, MeterRegistry meters, OpenTelemetry telemetry) {
        this.client = new EngineClient(
                configuration,
                new EngineClient.Login(
                        "quarry",
                        configuration.user(),
                        configuration.password().orElse(""),
                        configuration.maxConnections()),
                telemetry);
        this.configuration = configuration;
        this.json = json;
        for (QueryOutcome outcome : QueryOutcome.values()) {
            times.put(outcome, meters.timer("quarry.engine.query", "outcome", outcome.label()));
        }
    }

    /**
     * Reads an answer with {@code reader}. Another attempt calls the reader again, so it must drop everything it read
     * from an answer that broke off.
     *
     * @throws EngineUnreachableException when the engine is away, after one more attempt
     * @throws FailureException for any other failure
     */
    @Retry(maxRetries = 1, delay = 50, jitter = 25, retryOn = EngineUnreachableException.class)
    @CircuitBreaker(
            requestVolumeThreshold = 20,
            failureRatio = 0.5,
            delay = 1_000,
            successThreshold = 1,
            failOn = EngineUnreachableException.class)
    <T> T read(Question question, Function<InputStream, T> reader) {
        long start = System.nanoTime();
        QueryOutcome outcome = QueryOutcome.SUCCESS;
        try {
            return ask(question, reader);
        } catch (RuntimeException | Error failed) {
            outcome = QueryOutcome.of(failed);
            throw failed;
        } finally {
            long nanos = System.nanoTime() - start;
            RequestContext.current().ifPresent(exchange -> exchange.addEngineTime(nanos));
            times.get(outcome).record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /**
     * Rows for a background query, which no request waits for: without retry, circuit breaker and metric.
     *
     * @throws EngineUnreachableException when the engine is away
     * @throws FailureException for any other failure
     */
    <T> List<T> readQuietly(Question question, RowMapping<T> mapping) {
        return ask(question, answer -> Row.list(answer, mapping));
    }

    @PreDestroy
    void close() {
        client.close();
    }

    /** Whether a query may set it; everything else is the door's own. */
    static boolean isOfQueries(String setting) {
        return OF_QUERIES.contains(setting);
    }

    /** Whether the engine answers now, asked past retry and circuit. */
    boolean answersPing() {
        try {
            Question ping = new Question("SELECT 1", Map.of(), Map.of("max_execution_time", "1"), "");
            return ask(ping, answer -> Row.list(answer, Row::nextLong)).equals(List.of(1L));
        } catch (EngineUnreachableException | FailureException away) {
            return false;
        }
    }

    private <T> T ask(Question question, Function<InputStream, T> reader) {
        try {
            return client.query(question.sql(), question.parameters(), settings(question), reader);
        } catch (ExecutionException | CompletionException wrapped) {
            throw EngineErrors.translate(wrapped.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw EngineErrors.translate(interrupted);
        } catch (Exception failed) {
            throw EngineErrors.translate(failed);
        }
    }

    private QuerySettings settings(Question question) {
        var guards = configuration.guards();
        long seconds = Math.max(1, guards.time().toSeconds());
        Map<String, String> server = new LinkedHashMap<>();
        // Nothing is written, and no SETTINGS clause of the SQL lifts the wall or a limit.
        server.put("readonly", "1");
        server.put("max_execution_time", Long.toString(seconds));
        server.put("timeout_before_checking_execution_speed", "0");
        server.put("timeout_overflow_mode", "throw");
        server.put("max_memory_usage", Long.toString(guards.memory()));
        server.put("max_rows_to_read", Long.toString(guards.rowsRead()));
        server.put("read_overflow_mode", "throw");
        server.put("max_result_rows", Long.toString(guards.resultRows()));
        server.put("result_overflow_mode", "throw");
        // The whole answer or an error: never a 200 that breaks off in the middle.
        server.put("wait_end_of_query", "1");
        if (configuration.cluster().isPresent()) {
            // All that a query reads is on the shard of its organisation. Were it not, it would be refused.
            server.put("optimize_skip_unused_shards", "1");
            server.put("force_optimize_skip_unused_shards", "1");
            server.put("distributed_product_mode", "local");
            // One replica for all parts of a query, since one may be ahead of the other.
            server.put("load_balancing", "in_order");
        }
        server.putAll(question.settings());

        QuerySettings settings = new QuerySettings()
                .setFormat(ClickHouseFormat.RowBinaryWithNamesAndTypes)
                .setDatabase(configuration.database())
                .logComment(logComment(question.tenant()));
        server.forEach(settings::serverSetting);
        settings.setNetworkTimeout(seconds * 1_000 + GRACE.toMillis(), ChronoUnit.MILLIS);
        return settings;
    }

    /** What the engine's query log knows a query by. */
    private String logComment(String tenant) {
        Optional<RequestContext> exchange = RequestContext.current();
        Map<String, String> comment = new LinkedHashMap<>();
        comment.put("request_id", exchange.map(RequestContext::requestId).orElse(""));
        comment.put("tenant", tenant);
        comment.put("route", exchange.map(RequestContext::route).orElse(""));
        try {
            return json.writeValueAsString(comment);
        } catch (JsonProcessingException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
