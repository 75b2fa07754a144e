package dev.quarry.postgres;

import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.caller.Caller;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;

/**
 * The only way to use PostgreSQL's pool. A statement is a constant with bound values. It takes one round trip and one
 * snapshot, so that all its numbers are of the same moment. {@link PostgresConfiguration} has its timeout, its retries
 * and the circuit breaker.
 *
 * <p>Failures are the same for every statement. {@link Failure.Unreachable}: PostgreSQL cannot be reached, starts,
 * stops, or has no connection left. {@link Failure.TimedOut}: it did not answer in time. {@link Failure.Overloaded}: too
 * many statements run or wait for a connection. {@link Failure.Internal}: it refused the statement.
 */
@ApplicationScoped
@Startup
public class Postgres {
    private final Pool pool;
    private final FirstConnection first;
    private final Duration timeout;
    private final TypedGuard<Uni<RowSet<Row>>> once;
    private final TypedGuard<Uni<RowSet<Row>>> retry;
    private final Map<Outcome, Timer> times = new EnumMap<>(Outcome.class);

    private enum Outcome {
        SUCCESS,
        UNREACHABLE,
        TIMED_OUT,
        OVERLOADED,
        FAILURE;

        static Outcome of(Failure failure) {
            return switch (failure) {
                case Failure.Unreachable _ -> UNREACHABLE;
                case Failure.TimedOut _ -> TIMED_OUT;
                case Failure.Overloaded _ -> OVERLOADED;
                default -> FAILURE;
            };
        }
    }

    Postgres(Pool pool, FirstConnection first, PostgresConfiguration configuration, MeterRegistry meters) {
        this.pool = pool;
        this.first = first;
        this.timeout = configuration.timeout();
        var circuit = configuration.circuitBreaker();
        // SmallRye takes what is no failure for a success. A statement that is refused because others wait proves no
        // answer, so it must not close an open circuit while all of them hang.
        var state = new AtomicReference<>(CircuitBreakerState.CLOSED);
        this.once = guard("postgres")
                .withTimeout()
                .duration(configuration.timeout().toMillis(), ChronoUnit.MILLIS)
                .done()
                .withBulkhead()
                .limit(configuration.maxConcurrency())
                // The minimum, because statements wait in the pool, which counts them.
                .queueSize(1)
                .done()
                .withCircuitBreaker()
                .requestVolumeThreshold(circuit.attempts())
                .failureRatio(circuit.failureRatio())
                .delay(circuit.delay().toMillis(), ChronoUnit.MILLIS)
                .successThreshold(1)
                .when(failed -> doesNotAnswer(failed)
                        || (state.get() == CircuitBreakerState.HALF_OPEN && failed instanceof BulkheadException))
                .onStateChange(state::set)
                .done()
                .build();
        this.retry = guard("postgres retries")
                .withRetry()
                .maxRetries(configuration.retry().max())
                .delay(configuration.retry().delay().toMillis(), ChronoUnit.MILLIS)
                .jitter(0, ChronoUnit.MILLIS)
                .whenException(PostgresErrors::isUnreachable)
                .done()
                .build();
        for (Outcome outcome : Outcome.values()) {
            times.put(
                    outcome,
                    meters.timer(
                            "quarry.postgres.statement",
                            "outcome",
                            outcome.name().toLowerCase(Locale.ROOT)));
        }
    }

    /**
     * Reads rows about the caller's organisation, which is bound to {@code $1}.
     *
     * @param others bound to {@code $2} and so on; null is NULL
     * @throws FailureException as this class describes
     */
    public <T> List<T> list(
            Caller caller, @CompileTimeConstant String sql, Function<Row, T> mapping, Object... others) {
        return map(read(sql, tuple(caller.organization(), others)).await().indefinitely(), mapping);
    }

    /** As {@link #list}, but returns at once, so that the caller can ask ClickHouse at the same time. */
    public <T> PendingRead<List<T>> begin(
            Caller caller, @CompileTimeConstant String sql, Function<Row, T> mapping, Object... others) {
        return PendingRead.of(read(sql, tuple(caller.organization(), others)).map(rows -> map(rows, mapping)));
    }

    /**
     * Reads rows that are not about one organisation.
     *
     * @param parameters bound to {@code $1} and so on; null is NULL
     * @throws FailureException as this class describes
     */
    public <T> List<T> listAll(@CompileTimeConstant String sql, Function<Row, T> mapping, Object... parameters) {
        return map(read(sql, Tuple.from(Arrays.asList(parameters))).await().indefinitely(), mapping);
    }

    /** As {@link #listAll}, for code that must not block. */
    public <T> Uni<List<T>> listAllUni(
            @CompileTimeConstant String sql, Function<Row, T> mapping, Object... parameters) {
        return read(sql, Tuple.from(Arrays.asList(parameters))).map(rows -> map(rows, mapping));
    }

    /**
     * Executes a statement that writes. It is not retried.
     *
     * @return the rows that the statement returns
     */
    public <T> List<T> write(@CompileTimeConstant String sql, Function<Row, T> mapping, Object... parameters) {
        return map(execute(sql, Tuple.from(Arrays.asList(parameters))).await().indefinitely(), mapping);
    }

    /** As {@link #write}, for code that must not block. */
    public <T> Uni<List<T>> writeUni(@CompileTimeConstant String sql, Function<Row, T> mapping, Object... parameters) {
        return execute(sql, Tuple.from(Arrays.asList(parameters))).map(rows -> map(rows, mapping));
    }

    /** Whether PostgreSQL answers now. Sends one statement, even if the circuit is open. */
    boolean isReachable() {
        try {
            var _ = pool.query("SELECT 1").execute().await().atMost(timeout);
            return true;
        } catch (RuntimeException away) {
            return false;
        }
    }

    /**
     * Whether a statement on a dedicated connection failed because PostgreSQL refused the statement, rather than
     * because PostgreSQL was unreachable or slow.
     */
    public static boolean isOurMistake(Throwable failed) {
        return PostgresErrors.translate(failed).failure() instanceof Failure.Internal;
    }

    private Uni<RowSet<Row>> read(String sql, Tuple parameters) {
        return timed(() -> retry.get(() -> attempt(sql, parameters)));
    }

    private Uni<RowSet<Row>> execute(String sql, Tuple parameters) {
        return timed(() -> attempt(sql, parameters));
    }

    private Uni<RowSet<Row>> attempt(String sql, Tuple parameters) {
        return once.get(() -> first.attemptedUni()
                        .chain(() -> pool.preparedQuery(sql).execute(parameters))
                        .onFailure()
                        .transform(PostgresErrors::translate))
                .onFailure()
                .transform(PostgresErrors::translate);
    }

    private Uni<RowSet<Row>> timed(Supplier<Uni<RowSet<Row>>> statement) {
        return Uni.createFrom().deferred(() -> {
            long start = System.nanoTime();
            return statement
                    .get()
                    .onFailure()
                    .transform(PostgresErrors::translate)
                    .onItemOrFailure()
                    .invoke((rows, failed) -> record(failed, System.nanoTime() - start));
        });
    }

    private void record(Throwable failed, long nanos) {
        Outcome outcome =
                failed instanceof FailureException translated ? Outcome.of(translated.failure()) : Outcome.SUCCESS;
        times.get(outcome).record(nanos, TimeUnit.NANOSECONDS);
    }

    /** Whether a failure counts for the circuit breaker. Failures that a statement itself causes do not. */
    private static boolean doesNotAnswer(Throwable failed) {
        return failed instanceof org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException
                || PostgresErrors.isUnreachable(failed);
    }

    /** A guard whose metrics have this name. Two guards of one name would count in the same metrics. */
    private static TypedGuard.Builder<Uni<RowSet<Row>>> guard(String name) {
        return TypedGuard.create(new TypeLiteral<Uni<RowSet<Row>>>() {}).withDescription(name);
    }

    private static <T> List<T> map(RowSet<Row> rows, Function<Row, T> mapping) {
        return rows.stream().map(mapping).toList();
    }

    private static Tuple tuple(String organization, Object[] others) {
        Tuple parameters = Tuple.of(organization);
        for (Object other : others) {
            parameters.addValue(other);
        }
        return parameters;
    }
}
