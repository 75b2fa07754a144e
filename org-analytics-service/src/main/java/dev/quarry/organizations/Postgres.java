package dev.quarry.organizations;

import dev.quarry.auth.Caller;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import io.smallrye.mutiny.TimeoutException;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;

/**
 * Reads an organisation's resources. A read is one statement: one round trip, and one snapshot, so that its numbers are of
 * the same moment.
 */
@ApplicationScoped
public class Postgres {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private final Pool pool;

    Postgres(Pool pool) {
        this.pool = pool;
    }

    /**
     * The rows of a fixed SELECT, with the caller's organisation bound to {@code $1}.
     *
     * @param others bound to {@code $2} and so on; null is NULL
     * @throws FailureException if PostgreSQL is away or does not answer in time
     */
    public <T> List<T> list(Caller caller, String sql, Function<Row, T> mapping, Object... others) {
        Tuple parameters = Tuple.of(caller.organization());
        for (Object other : others) {
            parameters.addValue(other);
        }
        return rows(sql, parameters).stream().map(mapping).toList();
    }

    private RowSet<Row> rows(String sql, Tuple parameters) {
        try {
            return pool.preparedQuery(sql).execute(parameters).await().atMost(PATIENCE);
        } catch (PgException ourMistake) {
            throw new FailureException(new Failure.Internal(), ourMistake);
        } catch (TimeoutException slow) {
            throw new FailureException(new Failure.TimedOut(), slow);
        } catch (RuntimeException away) {
            throw new FailureException(new Failure.Unreachable(RETRY_AFTER), away);
        }
    }
}
