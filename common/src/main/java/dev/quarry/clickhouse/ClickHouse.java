package dev.quarry.clickhouse;

import static java.util.Objects.requireNonNull;

import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.caller.Caller;
import dev.quarry.error.AbandonedException;
import dev.quarry.error.FailureException;
import dev.quarry.fairness.FairQueue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.runtime.Startup;
import io.smallrye.faulttolerance.api.Guard;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The only way to read ClickHouse for a request. A query needs the {@link Caller} on whose behalf it reads: whatever
 * its SQL says, the {@link TenantFilter} shows it only that caller's rows. It waits in the {@link FairQueue} for a place of
 * the caller's organisation, and ends when its client goes away. {@link FaultTolerance} describes what happens when the
 * engine is unreachable, slow or overloaded.
 */
@ApplicationScoped
@Startup
public class ClickHouse {
    /** The socket's timeout is longer than the engine's time limit, so that the engine's own error arrives first. */
    private static final Duration SOCKET_GRACE = Duration.ofSeconds(1);

    private final ClickHouseConfiguration configuration;
    private final TenantTables tables;
    private final MeterRegistry meters;
    private final OpenTelemetry telemetry;
    private final ClickHouseClient client;
    private final TenantFilter filter;
    private final Guard guard;
    private final FairQueue queue;
    private final ReadContext.Source contexts;
    private final ObjectMapper json;
    private final Map<String, String> commonSettings;
    private final Map<QueryOutcome, Timer> times = new EnumMap<>(QueryOutcome.class);

    @Inject
    ClickHouse(
            ClickHouseConfiguration configuration,
            TenantTables tables,
            FairQueue queue,
            ReadContext.Source contexts,
            ObjectMapper json,
            MeterRegistry meters,
            OpenTelemetry telemetry) {
        this(configuration, configuration.maxConnections(), tables, queue, contexts, json, meters, telemetry);
    }

    private ClickHouse(
            ClickHouseConfiguration configuration,
            int connections,
            TenantTables tables,
            FairQueue queue,
            ReadContext.Source contexts,
            ObjectMapper json,
            MeterRegistry meters,
            OpenTelemetry telemetry) {
        this.configuration = configuration;
        this.tables = tables;
        this.meters = meters;
        this.telemetry = telemetry;
        this.client = new ClickHouseClient(
                configuration,
                new ClickHouseClient.Login(
                        "quarry", configuration.user(), configuration.password().orElse(""), connections),
                telemetry);
        this.filter = new TenantFilter(configuration, tables);
        this.guard = FaultTolerance.guard(configuration);
        this.queue = queue;
        this.contexts = contexts;
        this.json = json;
        this.commonSettings = commonSettings(configuration);
        for (QueryOutcome outcome : QueryOutcome.values()) {
            times.put(outcome, meters.timer("quarry.engine.query", "outcome", outcome.label()));
        }
    }

    /**
     * Makes a query of the caller's rows. The caller's organisation is bound as {@code {organization:String}};
     * {@link Query#bind} binds every other parameter.
     *
     * @throws IllegalArgumentException if the SQL reads a table that is not one of the service's {@link TenantTables}
     */
    public Query query(Caller caller, @CompileTimeConstant String sql) {
        requireNonNull(caller, "caller is null");
        filter.check(sql);
        return new Query(this, caller, sql);
    }

    /**
     * Another way to the same rows, with a few connections and places of its own, for work that must not delay requests.
     * Whoever opens it closes it.
     *
     * @param connections at least 1; also the number of reads at the same time
     */
    public ClickHouse withOwnConnections(int connections) {
        return new ClickHouse(
                configuration, connections, tables, queue.separate(connections), contexts, json, meters, telemetry);
    }

    /** Whether the engine answers now. Sends one query, even if the circuit is open. */
    public boolean isReachable() {
        try {
            List<Long> answer = client.query(
                    "SELECT 1",
                    Map.of(),
                    settingsWithoutTenant(Map.of("max_execution_time", "1")),
                    ones -> Row.list(ones, Row::nextLong));
            return answer.equals(List.of(1L));
        } catch (ClickHouseException failed) {
            return false;
        }
    }

    @PreDestroy
    public void close() {
        client.close();
    }

    /**
     * Reads an answer. A repeated attempt calls {@code reader} again, so the reader must drop what it read from an
     * answer that broke off.
     *
     * @param chosen settings that the query chose
     * @param weight what the read costs, as for the {@link FairQueue}
     * @throws FailureException if there is no answer
     */
    <T> T read(
            @CompileTimeConstant String sql,
            Map<String, Object> parameters,
            Map<String, String> chosen,
            String organization,
            int weight,
            Function<InputStream, T> reader) {
        ReadContext context = contexts.current();
        Map<String, String> own = new LinkedHashMap<>(chosen);
        filter.addTo(own, organization);
        Supplier<T> read = () -> answer(sql, parameters, settings(own, organization, context), context, reader);
        if (context.hasPlace()) {
            return read.get();
        }
        try (FairQueue.Ticket ticket = queue.enter(organization, weight);
                var _ = context.client().whenItHappens(ticket::close)) {
            ticket.await();
            return read.get();
        }
    }

    private <T> T answer(
            @CompileTimeConstant String sql,
            Map<String, Object> parameters,
            QuerySettings settings,
            ReadContext context,
            Function<InputStream, T> reader) {
        long start = System.nanoTime();
        QueryOutcome outcome = QueryOutcome.FAILURE;
        try {
            // Outside of the guard: the circuit breaker would take it for a read.
            requirePresent(context.client());
            T answer = FaultTolerance.call(
                    guard, () -> attempt(context.client(), () -> client.query(sql, parameters, settings, reader)));
            outcome = QueryOutcome.SUCCESS;
            return answer;
        } catch (Exception thrown) {
            if (thrown instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            if (context.client().hasHappened()) {
                outcome = QueryOutcome.ABANDONED;
                throw new AbandonedException();
            }
            ClickHouseException failed = ClickHouseException.of(thrown);
            outcome = failed.outcome();
            throw new FailureException(failed.failure(), failed.getCause());
        } finally {
            long nanos = System.nanoTime() - start;
            context.timing().accept(nanos);
            times.get(outcome).record(nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Sends a query, and closes its connection when the client goes away. That is no outage, and is not repeated. */
    private static <T> T attempt(Departure client, Supplier<T> query) {
        requirePresent(client);
        AbortableRequest request = new AbortableRequest();
        try (var _ = client.whenItHappens(request::abort)) {
            return request.send(query);
        } catch (ClickHouseException failed) {
            requirePresent(client);
            throw failed;
        }
    }

    private static void requirePresent(Departure client) {
        if (client.hasHappened()) {
            throw new AbandonedException();
        }
    }

    /**
     * Reads tables that have no tenants, for background work. It reads once, without fault tolerance and without a
     * metric.
     *
     * @throws FailureException if there is no answer
     */
    <T> List<T> readWithoutTenant(@CompileTimeConstant String sql, RowMapping<T> mapping) {
        try {
            return client.query(sql, Map.of(), settingsWithoutTenant(Map.of()), answer -> Row.list(answer, mapping));
        } catch (ClickHouseException failed) {
            throw new FailureException(failed.failure(), failed.getCause());
        }
    }

    private QuerySettings settingsWithoutTenant(Map<String, String> chosen) {
        Map<String, String> own = new HashMap<>(filter.settingsWithoutTenant());
        own.putAll(chosen);
        return settings(own, "", ReadContext.NONE);
    }

    private QuerySettings settings(Map<String, String> own, String organization, ReadContext context) {
        QuerySettings settings = new QuerySettings()
                .setFormat(ClickHouseFormat.RowBinaryWithNamesAndTypes)
                .setDatabase(configuration.database())
                .logComment(logComment(organization, context));
        commonSettings.forEach(settings::serverSetting);
        own.forEach(settings::serverSetting);
        settings.setNetworkTimeout(
                FaultTolerance.timeLimit(configuration).plus(SOCKET_GRACE).toMillis(), ChronoUnit.MILLIS);
        return settings;
    }

    private static Map<String, String> commonSettings(ClickHouseConfiguration configuration) {
        var guards = configuration.guards();
        Map<String, String> settings = new LinkedHashMap<>();
        // Forbids writes. A SETTINGS clause of the SQL cannot lift the tenant filter or a limit.
        settings.put("readonly", "1");
        settings.put(
                "max_execution_time",
                Long.toString(FaultTolerance.timeLimit(configuration).toSeconds()));
        settings.put("timeout_before_checking_execution_speed", "0");
        settings.put("timeout_overflow_mode", "throw");
        settings.put("max_memory_usage", Long.toString(guards.memory()));
        settings.put("max_rows_to_read", Long.toString(guards.rowsRead()));
        settings.put("read_overflow_mode", "throw");
        settings.put("max_result_rows", Long.toString(guards.resultRows()));
        settings.put("max_result_bytes", Long.toString(guards.resultBytes()));
        settings.put("result_overflow_mode", "throw");
        // The engine answers completely or with an error, never with a 200 that breaks off.
        settings.put("wait_end_of_query", "1");
        // The engine cancels a query whose connection is closed.
        settings.put("cancel_http_readonly_queries_on_client_close", "1");
        if (configuration.cluster().isPresent()) {
            // All rows that a query reads are on the shard of its organisation; the engine refuses other queries.
            settings.put("optimize_skip_unused_shards", "1");
            settings.put("force_optimize_skip_unused_shards", "1");
            // The sharding key reads a dictionary.
            settings.put("allow_nondeterministic_optimize_skip_unused_shards", "1");
            settings.put("distributed_product_mode", "local");
            // All parts of a query read the same replica, because one replica may be ahead of another.
            settings.put("load_balancing", "in_order");
        }
        return settings;
    }

    /** Identifies the query in the engine's query log. */
    private String logComment(String organization, ReadContext context) {
        Map<String, String> comment = new LinkedHashMap<>();
        comment.put("request_id", context.requestId());
        comment.put("tenant", organization);
        comment.put("route", context.route());
        try {
            return json.writeValueAsString(comment);
        } catch (JsonProcessingException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
