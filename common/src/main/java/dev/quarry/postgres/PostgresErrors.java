package dev.quarry.postgres;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import io.vertx.core.impl.NoStackTraceThrowable;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/** Translates exceptions of the PostgreSQL client and of the guards around it. */
final class PostgresErrors {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    /** The server cancelled a statement because it took too long. */
    private static final String QUERY_CANCELED = "57014";

    /**
     * Classes of SQLSTATE that no statement causes: connection exception, refused log-in, insufficient resources,
     * operator intervention (a server that starts or stops), system error.
     */
    private static final Set<String> OUTAGES = Set.of("08", "28", "53", "57", "58");

    private PostgresErrors() {}

    static FailureException translate(Throwable thrown) {
        return switch (thrown) {
            case FailureException translated -> translated;
            case PgException answered when QUERY_CANCELED.equals(answered.getSqlState()) -> timedOut(answered);
            case PgException answered when isOutage(answered.getSqlState()) -> unreachable(answered);
            case TimeoutException _, org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException _ ->
                timedOut(thrown);
            case BulkheadException _ -> new FailureException(new Failure.Overloaded(RETRY_AFTER), thrown);
            case IOException _, ClosedConnectionException _, CircuitBreakerOpenException _ -> unreachable(thrown);
            case NoStackTraceThrowable closed when isClosed(closed) -> unreachable(closed);
            default -> new FailureException(new Failure.Internal(), thrown);
        };
    }

    static boolean isUnreachable(Throwable translated) {
        return translated instanceof FailureException failed && failed.failure() instanceof Failure.Unreachable;
    }

    /** Whether the pool gave out a connection that was closed at the same moment. Vert.x has no type for this. */
    private static boolean isClosed(NoStackTraceThrowable thrown) {
        return thrown.getMessage() != null && thrown.getMessage().startsWith("Connection is not active now");
    }

    private static boolean isOutage(String sqlState) {
        return sqlState != null && sqlState.length() == 5 && OUTAGES.contains(sqlState.substring(0, 2));
    }

    private static FailureException timedOut(Throwable cause) {
        return new FailureException(new Failure.TimedOut(Failure.Store.POSTGRESQL), cause);
    }

    private static FailureException unreachable(Throwable cause) {
        return new FailureException(new Failure.Unreachable(Failure.Store.POSTGRESQL, RETRY_AFTER), cause);
    }
}
