package dev.quarry.clickhouse;

import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.Guard;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/**
 * What happens to a read when the engine is unreachable, slow or overloaded. {@link ClickHouseConfiguration} has the
 * numbers. From the outside in:
 *
 * <ol>
 *   <li>A retry repeats a read after an outage or the loss of a shard. Reads change nothing, so a repetition is safe.
 *   <li>A circuit breaker fails reads at once while most reads cannot reach the engine. It closes again after a read that
 *       the engine answered, be it with an error. A read that ends without an answer, because it takes too long or its
 *       client leaves, does not open a closed circuit and does not close an open one.
 *   <li>A timeout limits an attempt as a whole; the socket's own timeout starts anew with each byte.
 * </ol>
 */
final class FaultTolerance {
    private FaultTolerance() {}

    static Guard guard(ClickHouseConfiguration configuration) {
        var retry = configuration.retry();
        var circuit = configuration.circuitBreaker();
        // SmallRye takes what is no failure for a success, also of the read that decides whether to close the circuit.
        var state = new AtomicReference<>(CircuitBreakerState.CLOSED);
        return Guard.create()
                .withDescription("clickhouse")
                .withRetry()
                .maxRetries(retry.maxRetries())
                .delay(retry.delay().toMillis(), ChronoUnit.MILLIS)
                .jitter(retry.jitter().toMillis(), ChronoUnit.MILLIS)
                .whenException(FaultTolerance::isWorthRepeating)
                .done()
                .withCircuitBreaker()
                .requestVolumeThreshold(circuit.reads())
                .failureRatio(circuit.failureRatio())
                .delay(circuit.delay().toMillis(), ChronoUnit.MILLIS)
                .successThreshold(1)
                .when(thrown -> isOutage(thrown) || (state.get() == CircuitBreakerState.HALF_OPEN && !isAnswer(thrown)))
                .onStateChange(state::set)
                .done()
                .withTimeout()
                .duration(
                        timeLimit(configuration)
                                .plus(configuration.timeoutMargin())
                                .toMillis(),
                        ChronoUnit.MILLIS)
                .done()
                .build();
    }

    @SuppressWarnings("unchecked")
    static <T> T call(Guard guard, Supplier<T> read) {
        return (T) guard.get((Supplier<Object>) read, Object.class);
    }

    /** The engine's time limit of a query, in whole seconds. */
    static Duration timeLimit(ClickHouseConfiguration configuration) {
        return Duration.ofSeconds(Math.max(1, configuration.guards().time().toSeconds()));
    }

    private static boolean isWorthRepeating(Throwable thrown) {
        return thrown instanceof ClickHouseException failed && failed.isWorthRepeating();
    }

    private static boolean isOutage(Throwable thrown) {
        return thrown instanceof ClickHouseException failed && failed.isOutage();
    }

    private static boolean isAnswer(Throwable thrown) {
        return thrown instanceof ClickHouseException failed && failed.isAnswer();
    }
}
