package dev.quarry.clickhouse;

import static java.util.Objects.requireNonNull;

import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.caller.Caller;
import dev.quarry.error.FailureException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.runtime.Startup;
import io.smallrye.faulttolerance.api.Guard;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.InputStream;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * The only way to read ClickHouse for a request. A query needs the {@link Caller} on whose behalf it reads: whatever
 * its SQL says, the {@link TenantFilter} shows it only that caller's rows. {@link FaultTolerance} describes what
 * happens when the engine is unreachable, slow or overloaded.
 */
@ApplicationScoped
@Startup
public class ClickHouse {
    /** The socket's timeout is longer than the engine's time limit, so that the engine's own error arrives first. */
    private static final Duration SOCKET_GRACE = Duration.ofSeconds(1);

    private final ClickHouseConfiguration configuration;
    private final ClickHouseClient client;
    private final TenantFilter filter;
    private final Guard guard;
    private final ReadContext.Source contexts;
    private final ObjectMapper json;
    private final Map<String, String> commonSettings;
    private final Map<QueryOutcome, Timer> times = new EnumMap<>(QueryOutcome.class);

    ClickHouse(
            ClickHouseConfiguration configuration,
            TenantTables tables,
            ReadContext.Source contexts,
            ObjectMapper json,
            MeterRegistry meters,
            OpenTelemetry telemetry) {
        this.configuration = configuration;
        this.client = new ClickHouseClient(
                configuration,
                new ClickHouseClient.Login(
                        "quarry",
                        configuration.user(),
                        configuration.password().orElse(""),
                        configuration.maxConnections()),
                telemetry);
        this.filter = new TenantFilter(configuration, tables);
        this.guard = FaultTolerance.guard(configuration);
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

    /** Whether the engine answers now. Sends one query, even if the circuit is open. */
    public boolean isReachable() {
        try {
            List<Long> answer = client.query(
                    "SELECT 1",
                    Map.of(),
                    settings(Map.of("max_execution_time", "1"), "", ReadContext.NONE),
                    ones -> Row.list(ones, Row::nextLong));
            return answer.equals(List.of(1L));
        } catch (ClickHouseException failed) {
            return false;
        }
    }

    @PreDestroy
    void close() {
        client.close();
    }

    /**
     * Reads an answer. A repeated attempt calls {@code reader} again, so the reader must drop what it read from an
     * answer that broke off.
     *
     * @param chosen settings that the query chose
     * @throws FailureException if there is no answer
     */
    <T> T read(
            @CompileTimeConstant String sql,
            Map<String, Object> parameters,
            Map<String, String> chosen,
            String organization,
            Function<InputStream, T> reader) {
        ReadContext context = contexts.current();
        Map<String, String> own = new LinkedHashMap<>(chosen);
        filter.addTo(own, organization);
        long start = System.nanoTime();
        QueryOutcome outcome = QueryOutcome.FAILURE;
        try {
            T answer = FaultTolerance.call(
                    guard, () -> client.query(sql, parameters, settings(own, organization, context), reader));
            outcome = QueryOutcome.SUCCESS;
            return answer;
        } catch (Exception thrown) {
            if (thrown instanceof InterruptedException) {
                Thread.currentThread().interrupt();
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

    /**
     * Reads tables that have no tenants, for background work. It reads once, without fault tolerance and without a
     * metric.
     *
     * @throws FailureException if there is no answer
     */
    <T> List<T> readWithoutTenant(@CompileTimeConstant String sql, RowMapping<T> mapping) {
        try {
            return client.query(
                    sql,
                    Map.of(),
                    settings(filter.settingsWithoutTenant(), "", ReadContext.NONE),
                    answer -> Row.list(answer, mapping));
        } catch (ClickHouseException failed) {
            throw new FailureException(failed.failure(), failed.getCause());
        }
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
        settings.put("result_overflow_mode", "throw");
        // The engine answers completely or with an error, never with a 200 that breaks off.
        settings.put("wait_end_of_query", "1");
        if (configuration.cluster().isPresent()) {
            // All rows that a query reads are on the shard of its organisation; the engine refuses other queries.
            settings.put("optimize_skip_unused_shards", "1");
            settings.put("force_optimize_skip_unused_shards", "1");
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
