package dev.quarry.clickhouse;

import static java.util.Objects.requireNonNull;

import com.clickhouse.client.api.ServerException;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;

/**
 * A statement that failed. {@link #of} is the only place that interprets exceptions of ClickHouse's client and of fault
 * tolerance.
 */
public final class ClickHouseException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    /** How ClickHouse says that a query exceeds its own limit of memory, and how it said so before. */
    private static final List<String> TOO_MUCH_MEMORY =
            List.of("Query memory limit exceeded", "Memory limit (for query) exceeded");

    /** How ClickHouse says that it was reading the answer of another server. */
    private static final List<String> FROM_A_SHARD = List.of("while receiving packet from");

    private static final Failure TIMED_OUT = new Failure.TimedOut(Failure.Store.CLICKHOUSE);
    private static final Failure OVERLOADED = new Failure.Overloaded(RETRY_AFTER);
    private static final Failure UNREACHABLE = new Failure.Unreachable(Failure.Store.CLICKHOUSE, RETRY_AFTER);

    /** What a failure says about the engine. */
    private enum Engine {
        ANSWERED,
        /** It answered that a shard broke off its part of the answer. */
        LOST_A_SHARD,
        /** It did not answer in time, or there was no connection to ask it. */
        UNKNOWN,
        /** It did not answer at all, or broke off its answer. */
        AWAY
    }

    private final transient Failure failure;
    private final Engine engine;

    private ClickHouseException(Failure failure, Engine engine, Throwable cause) {
        super(cause.getMessage(), requireNonNull(cause, "cause is null"), false, false);
        this.failure = failure;
        this.engine = engine;
    }

    /** Interprets an exception; numbers are ClickHouse's error codes. */
    public static ClickHouseException of(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            ClickHouseException known = switch (cause) {
                case ClickHouseException told -> told;
                case FailureException told -> failed(told.failure(), thrown);
                case ServerException answered -> ofAnswer(answered);
                // All pooled connections are in use.
                case ConnectionRequestTimeoutException _ -> new ClickHouseException(OVERLOADED, Engine.UNKNOWN, thrown);
                // A timeout of connecting is a SocketTimeoutException too.
                case ConnectTimeoutException _ -> outage(thrown);
                case SocketTimeoutException _ -> new ClickHouseException(TIMED_OUT, Engine.UNKNOWN, thrown);
                case TimeoutException _ -> new ClickHouseException(TIMED_OUT, Engine.UNKNOWN, thrown);
                case CircuitBreakerOpenException _ -> new ClickHouseException(UNREACHABLE, Engine.UNKNOWN, thrown);
                case IOException _ -> outage(thrown);
                case IllegalStateException closed when isPoolShutDown(closed) -> outage(thrown);
                default -> null;
            };
            if (known != null) {
                return known;
            }
        }
        return failed(new Failure.Internal(), thrown);
    }

    /** The failure to report to the client that sent the request. */
    Failure failure() {
        return failure;
    }

    public QueryOutcome outcome() {
        return QueryOutcome.of(failure);
    }

    /** Whether the engine did not answer at all, or broke off its answer. The circuit breaker counts the failure. */
    public boolean isOutage() {
        return engine == Engine.AWAY;
    }

    /** Whether the engine answered, be it with an error. */
    boolean isAnswer() {
        return engine == Engine.ANSWERED || engine == Engine.LOST_A_SHARD;
    }

    /**
     * Whether a read is repeated: after an outage, or after the loss of a shard, which may have another replica or be
     * back.
     */
    public boolean isWorthRepeating() {
        return isOutage() || engine == Engine.LOST_A_SHARD;
    }

    /** Whether an {@link Error} has closed the client's connection pool for good. */
    static boolean isPoolShutDown(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalStateException && "Connection pool shut down".equals(cause.getMessage())) {
                return true;
            }
        }
        return false;
    }

    private static ClickHouseException ofAnswer(ServerException answered) {
        return switch (answered.getCode()) {
            // TIMEOUT_EXCEEDED, TOO_SLOW, SOCKET_TIMEOUT
            case 159, 160, 209 -> failed(TIMED_OUT, answered);
            // TOO_MANY_ROWS, SET_SIZE_LIMIT_EXCEEDED, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES
            case 158, 191, 307, 396 -> failed(new Failure.QueryTooLarge(), answered);
            // MEMORY_LIMIT_EXCEEDED: the limit of the query, or of all queries of a user or of the server together
            case 241 ->
                says(answered, TOO_MUCH_MEMORY) ? failed(new Failure.QueryTooLarge(), answered) : overloaded(answered);
            // QUOTA_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, TOO_MANY_PARTS, CANNOT_SCHEDULE_TASK
            case 201, 202, 252, 439 -> overloaded(answered);
            // ALL_CONNECTION_TRIES_FAILED, ALL_REPLICAS_ARE_STALE: one shard is unreachable. Organisations on other
            // shards still get answers, so the circuit breaker must not count this.
            case 279, 369 -> failed(UNREACHABLE, answered);
            // ATTEMPT_TO_READ_AFTER_EOF, which is also what the parser of a query's values says
            case 32 -> says(answered, FROM_A_SHARD) ? lostShard(answered) : failed(new Failure.Internal(), answered);
            // NETWORK_ERROR
            case 210 -> says(answered, FROM_A_SHARD) ? lostShard(answered) : outage(answered);
            // QUERY_WAS_CANCELLED: the server is shutting down
            case 394 -> outage(answered);
            default -> isProxyAnswer(answered) ? outage(answered) : failed(new Failure.Internal(), answered);
        };
    }

    private static boolean says(ServerException answered, List<String> phrases) {
        String message = String.valueOf(answered.getMessage());
        return phrases.stream().anyMatch(message::contains);
    }

    /** Whether a proxy answered for the engine: a server error without an error code of ClickHouse. */
    private static boolean isProxyAnswer(ServerException answered) {
        return answered.getCode() <= 0 && answered.getTransportProtocolCode() >= 502;
    }

    private static ClickHouseException outage(Throwable thrown) {
        return new ClickHouseException(UNREACHABLE, Engine.AWAY, thrown);
    }

    /** Only organisations of this shard are concerned: see the codes of shards that are unreachable. */
    private static ClickHouseException lostShard(ServerException answered) {
        return new ClickHouseException(UNREACHABLE, Engine.LOST_A_SHARD, answered);
    }

    private static ClickHouseException overloaded(ServerException answered) {
        return failed(OVERLOADED, answered);
    }

    private static ClickHouseException failed(Failure failure, Throwable thrown) {
        return new ClickHouseException(failure, Engine.ANSWERED, thrown);
    }
}
