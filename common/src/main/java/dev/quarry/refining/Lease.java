package dev.quarry.refining;

import dev.quarry.postgres.OwnConnections;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The right to refine, held as an advisory lock of a PostgreSQL connection of its own: it lasts exactly as long as the
 * connection, whichever end dies first. A holder that was taken for dead cannot do harm with what it still writes, because
 * its versions, taken from a sequence after the lock, are smaller than its successor's.
 */
final class Lease implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 10;

    private static final String LOCK =
            "SELECT pg_try_advisory_lock(hashtextextended('quarry.refining.' || $1::text, 0))";
    private static final String VERSION = "SELECT nextval('refining_version')";
    private static final String RESERVE = """
            INSERT INTO refining_series AS series (name, last) VALUES ($1, $3::bigint + $2::bigint)
            ON CONFLICT (name) DO UPDATE SET last = greatest(series.last, $3::bigint) + $2::bigint
            RETURNING last - $2::bigint + 1
            """;
    private static final String PROGRESS = """
            INSERT INTO refining_progress AS progress (name, as_of) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET as_of = greatest(progress.as_of, excluded.as_of)
            """;

    private final PgConnection connection;

    private Lease(PgConnection connection) {
        this.connection = connection;
    }

    /** Empty if another replica holds it. */
    static Optional<Lease> tryTake(OwnConnections postgres, String name) {
        var lease = new Lease(await(postgres.open()));
        try {
            if (lease.one(LOCK, Tuple.of(name)).getBoolean(0)) {
                return Optional.of(lease);
            }
        } catch (RuntimeException failed) {
            lease.close();
            throw failed;
        }
        lease.close();
        return Optional.empty();
    }

    /** Throws unless PostgreSQL still knows this connection, and with it the lock. */
    void confirm() {
        one("SELECT 1", Tuple.tuple());
    }

    long nextVersion() {
        return one(VERSION, Tuple.tuple()).getLong(0);
    }

    long reserve(String series, long count, long atLeast) {
        return one(RESERVE, Tuple.of(series, count, atLeast)).getLong(0);
    }

    void progressed(String name, Instant asOf) {
        await(connection
                .preparedQuery(PROGRESS)
                .execute(Tuple.of(name, OffsetDateTime.ofInstant(asOf, ZoneOffset.UTC))));
    }

    @Override
    public void close() {
        connection.close();
    }

    private Row one(String sql, Tuple parameters) {
        return await(connection.preparedQuery(sql).execute(parameters))
                .iterator()
                .next();
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RefiningException("Interrupted while asking PostgreSQL", interrupted);
        } catch (ExecutionException failed) {
            throw new RefiningException(
                    "PostgreSQL cannot be asked: " + failed.getCause().getMessage(), failed);
        } catch (TimeoutException slow) {
            throw new RefiningException("PostgreSQL took too long to answer", slow);
        }
    }
}
