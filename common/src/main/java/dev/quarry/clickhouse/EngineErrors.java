package dev.quarry.clickhouse;

import com.clickhouse.client.api.ServerException;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;

/** Reads out of the client's exceptions what happened; numbers are ClickHouse's published error codes. */
final class EngineErrors {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private EngineErrors() {}

    static RuntimeException translate(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            RuntimeException known = switch (cause) {
                case EngineUnreachableException unreachable -> unreachable;
                case FailureException told -> told;
                case ServerException answered -> ofAnswer(answered);
                case ConnectionRequestTimeoutException _ ->
                    new FailureException(new Failure.Overloaded(RETRY_AFTER), thrown);
                case SocketTimeoutException _ -> new FailureException(new Failure.TimedOut(), thrown);
                case IOException _ -> new EngineUnreachableException(thrown);
                default -> null;
            };
            if (known != null) {
                return known;
            }
        }
        return new FailureException(new Failure.Internal(), thrown);
    }

    private static RuntimeException ofAnswer(ServerException answered) {
        return switch (answered.getCode()) {
            // TIMEOUT_EXCEEDED, TOO_SLOW, SOCKET_TIMEOUT
            case 159, 160, 209 -> new FailureException(new Failure.TimedOut(), answered);
            // TOO_MANY_ROWS, SET_SIZE_LIMIT_EXCEEDED, MEMORY_LIMIT_EXCEEDED, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES
            case 158, 191, 241, 307, 396 -> new FailureException(new Failure.QueryTooLarge(), answered);
            // QUOTA_EXCEEDED, TOO_MANY_SIMULTANEOUS_QUERIES, TOO_MANY_PARTS, CANNOT_SCHEDULE_TASK
            case 201, 202, 252, 439 -> new FailureException(new Failure.Overloaded(RETRY_AFTER), answered);
            // ALL_CONNECTION_TRIES_FAILED, ALL_REPLICAS_ARE_STALE: a shard is away. The engine is not: other
            // organisations are on other shards, so this is no case for the circuit.
            case 279, 369 -> new FailureException(new Failure.Unreachable(RETRY_AFTER), answered);
            // NETWORK_ERROR, QUERY_WAS_CANCELLED: a server that is shutting down
            case 210, 394 -> new EngineUnreachableException(answered);
            default ->
                isProxyAnswer(answered)
                        ? new EngineUnreachableException(answered)
                        : new FailureException(new Failure.Internal(), answered);
        };
    }

    /** An error of the server's class without ClickHouse's own code: something between us and the engine spoke. */
    private static boolean isProxyAnswer(ServerException answered) {
        return answered.getCode() <= 0 && answered.getTransportProtocolCode() >= 502;
    }
}
