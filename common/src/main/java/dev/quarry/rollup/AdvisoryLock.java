package dev.quarry.rollup;

import dev.quarry.postgres.DedicatedConnections;
import dev.quarry.postgres.Postgres;
import io.vertx.core.Future;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jboss.logging.Logger;

/**
 * The advisory lock that allows this replica to run the rollup job, for one shard or for all of them together. The lock of
 * all shards excludes the locks of single shards, so that a replica with other settings, a command that erases, or an
 * operator can stop all jobs of a rollup.
 *
 * <p>The lock belongs to a PostgreSQL connection of its own, and ends with the connection, whichever side closes it. A
 * replica that lost the lock without noticing can do no harm with what it still writes: it reserved its versions earlier,
 * so they are smaller than its successor's.
 */
final class AdvisoryLock implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(AdvisoryLock.class);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PATIENCE_TO_UNLOCK = Duration.ofSeconds(2);

    /** Also identifies the PostgreSQL: after a restore, its start time or the object id of its table is another. */
    private static final String LOCK = """
            SELECT
                pg_try_advisory_lock(hashtextextended('quarry.rollup.' || $1::text, 0)),
                pg_postmaster_start_time()::text || ' ' || 'rollup_series'::regclass::oid
            """;
    /** As above. The lock that it shares with the other shards is the one above. */
    private static final String LOCK_SHARD = """
            SELECT
                pg_try_advisory_lock_shared(hashtextextended('quarry.rollup.' || $1::text, 0))
                AND pg_try_advisory_lock(hashtextextended('quarry.rollup.' || $1::text || '@' || $2::int, 0)),
                pg_postmaster_start_time()::text || ' ' || 'rollup_series'::regclass::oid
            """;

    private static final String RESERVE = """
            INSERT INTO rollup_series AS series (name, last) VALUES ($1, $3::bigint + $2::bigint)
            ON CONFLICT (name) DO UPDATE SET last = greatest(series.last, $3::bigint) + $2::bigint
            RETURNING last - $2::bigint + 1
            """;
    /**
     * An organisation that falls behind keeps its earlier progress. One statement, so that readers see all of it or
     * nothing. Replicas are notified if gold changed. Revisions are those of all shards together: every change is
     * announced to every replica, whatever the shards that it refines.
     */
    private static final String PROGRESS = """
            WITH caught_up AS
            (
                DELETE FROM rollup_behind
                WHERE name = $1 AND ($5::int = 0 OR shard = $5::int) AND organization_id != ALL ($3::text[])
            ),
            fell_behind AS
            (
                INSERT INTO rollup_behind (name, shard, organization_id, as_of)
                SELECT $1, $5::int, organization_id,
                    CASE WHEN $5::int = 0
                        THEN (SELECT as_of FROM rollup_progress WHERE name = $1)
                        ELSE (SELECT as_of FROM rollup_shards WHERE name = $1 AND shard = $5::int)
                    END
                FROM unnest($3::text[]) AS organization_id
                ON CONFLICT DO NOTHING
            ),
            progress AS
            (
                INSERT INTO rollup_progress AS progress (name, as_of, revision)
                VALUES ($1, CASE WHEN $5::int = 0 THEN $2::timestamptz END, 1)
                ON CONFLICT (name) DO UPDATE SET
                    as_of = greatest(progress.as_of, excluded.as_of),
                    revision = progress.revision + (cardinality($4::text[]) > 0)::int
                RETURNING revision
            ),
            of_shard AS
            (
                INSERT INTO rollup_shards AS of_shard (name, shard, as_of)
                SELECT $1, $5::int, $2::timestamptz WHERE $5::int > 0
                ON CONFLICT (name, shard) DO UPDATE SET as_of = greatest(of_shard.as_of, excluded.as_of)
            ),
            found AS
            (
                INSERT INTO organization_shards (organization_id, shard)
                SELECT organization_id, $5::int FROM unnest($4::text[]) AS organization_id WHERE $5::int > 0
                ON CONFLICT DO NOTHING
            ),
            revised AS
            (
                INSERT INTO rollup_revisions (name, organization_id, revision)
                SELECT $1, organization_id, revision
                FROM unnest($4::text[]) AS organization_id, progress
                ON CONFLICT (name, organization_id) DO UPDATE SET revision = excluded.revision
            )
            SELECT pg_notify('quarry_rollup', '') WHERE cardinality($4::text[]) > 0
            """;

    private final PgConnection connection;
    private final String name;
    private final int shard;
    private String memory = "";

    private AdvisoryLock(PgConnection connection, String name, int shard) {
        this.connection = connection;
        this.name = name;
        this.shard = shard;
    }

    /** Takes the lock of all shards; empty if another replica holds it, or that of a shard. */
    static Optional<AdvisoryLock> tryTake(DedicatedConnections postgres, String name) {
        return tryTake(postgres, name, Shard.ALL);
    }

    /**
     * Takes the lock of a shard; empty if another replica holds it, or that of all shards.
     *
     * @param shard from 1, or {@link Shard#ALL}
     */
    static Optional<AdvisoryLock> tryTake(DedicatedConnections postgres, String name, int shard) {
        var lock = new AdvisoryLock(connection(postgres.open(), PATIENCE), name, shard);
        try {
            Row row = shard == Shard.ALL ? lock.one(LOCK, Tuple.of(name)) : lock.one(LOCK_SHARD, Tuple.of(name, shard));
            if (row.getBoolean(0)) {
                lock.memory = row.getString(1);
                return Optional.of(lock);
            }
        } catch (RuntimeException failed) {
            lock.close();
            throw failed;
        }
        lock.close();
        return Optional.empty();
    }

    /** Waits for a connection. If the connection opens too late, it is closed. */
    static PgConnection connection(Future<PgConnection> opening, Duration patience) {
        try {
            return await(opening, patience);
        } catch (RollupException failed) {
            opening.onSuccess(late -> late.close());
            throw failed;
        }
    }

    /** Throws unless PostgreSQL still knows this connection, and with it the lock. */
    void confirm() {
        one("SELECT 1", Tuple.tuple());
    }

    /** The shard whose lock it is: from 1, or {@link Shard#ALL}. */
    int shard() {
        return shard;
    }

    /** A text that changes whenever PostgreSQL may have lost reserved numbers. */
    String memory() {
        return memory;
    }

    long reserve(String series, long count, long atLeast) {
        return one(RESERVE, Tuple.of(series, count, atLeast)).getLong(0);
    }

    /**
     * Records the progress of what is locked.
     *
     * @param behind the organisations with a bucket that was not rebuilt
     * @param changed the organisations with a bucket that was rebuilt
     */
    void progressed(Instant asOf, Collection<String> behind, Collection<String> changed) {
        await(
                connection
                        .preparedQuery(PROGRESS)
                        .execute(Tuple.of(
                                name,
                                OffsetDateTime.ofInstant(asOf, ZoneOffset.UTC),
                                behind.toArray(String[]::new),
                                changed.toArray(String[]::new),
                                shard)),
                PATIENCE);
    }

    /** Releases the lock before it returns. A connection that no longer answers loses the lock anyway. */
    @Override
    public void close() {
        try {
            await(connection.query("SELECT pg_advisory_unlock_all()").execute(), PATIENCE_TO_UNLOCK);
        } catch (RollupException gone) {
            LOG.debug("Cannot release the lock", gone);
        } finally {
            connection.close();
        }
    }

    private Row one(String sql, Tuple parameters) {
        return await(connection.preparedQuery(sql).execute(parameters), PATIENCE)
                .iterator()
                .next();
    }

    private static <T> T await(Future<T> future, Duration patience) {
        try {
            return future.toCompletionStage().toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RollupException("Interrupted while asking PostgreSQL", interrupted);
        } catch (ExecutionException failed) {
            throw new RollupException(
                    "PostgreSQL cannot be asked: " + failed.getCause().getMessage(),
                    failed,
                    Postgres.isOurMistake(failed.getCause()));
        } catch (TimeoutException slow) {
            throw new RollupException("PostgreSQL took too long to answer", slow);
        }
    }
}
