package dev.quarry.refining;

/**
 * What a service refines: one bean for each bronze table whose buckets are rebuilt by a job. {@link Refiner} calls it, one
 * replica at a time.
 *
 * <p>The marks table is filled by a materialized view on the bronze table and has this shape, whatever the family:
 *
 * {@snippet lang = sql :
 * CREATE TABLE event_marks
 * (
 *     organization_id LowCardinality(String),
 *     bucket DateTime('UTC'),
 *     mark UUID,
 *     at DateTime64(3, 'UTC'),
 *     settled UInt8
 * )
 * ENGINE = ReplacingMergeTree(settled)
 * ORDER BY (organization_id, bucket, mark)
 * TTL toDateTime(at) + toIntervalHour(1) DELETE WHERE settled = 1;
 *
 * CREATE MATERIALIZED VIEW event_marking TO event_marks AS
 * SELECT organization_id, toStartOfDay(time, 'UTC') AS bucket, generateUUIDv4() AS mark, now64(3, 'UTC') AS at, 0 AS settled
 * FROM events GROUP BY organization_id, bucket;
 * }
 *
 * <p>A mark is settled by a row in its place that has {@code settled = 1}, and as {@code at} when that was.
 */
public interface Refinement {

    /** A name that no other refinement has: the lock, the progress and the metrics go by it. */
    String name();

    /** The marks table's name. */
    String marks();

    /** The most buckets that one batch may have. */
    default int largestBatch() {
        return 100;
    }

    /**
     * Whether answers read a bucket from bronze as long as it has a mark that is not settled. A rebuild that does not settle
     * all of them then serves nobody: a bucket waits until nothing has been inserted into it for as long as the grace.
     */
    default boolean bronzeStandsIn() {
        return false;
    }

    /**
     * Writes what follows from bronze for these buckets. It may run again for the same buckets, be killed between any two
     * statements, and be overtaken by another replica that took it for dead. So it reads nothing but what has been stored,
     * writes with the batch's version or in ways that are idempotent, and replaces what is no longer so: a row that the
     * rebuild does not write again stays as it was.
     */
    void rebuild(Batch batch, Workshop workshop);
}
