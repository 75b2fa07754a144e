package dev.quarry.rollup;

import java.util.List;

/**
 * One rollup of a service: rebuilds the buckets of a family of bronze tables. {@link RollupJob} calls it, on one
 * replica at a time.
 *
 * <p>Views on the bronze tables fill the marks table. It has this shape in every family:
 *
 * {@snippet lang = sql :
 * CREATE TABLE event_marks
 * (
 *     organization_id LowCardinality(String),
 *     bucket DateTime('UTC'),
 *     mark UUID DEFAULT generateUUIDv4(),
 *     sign Int8 DEFAULT 1,
 *     at DateTime64(3, 'UTC') DEFAULT now64(3, 'UTC'),
 *     source LowCardinality(String) DEFAULT '',
 *     app_id LowCardinality(String) DEFAULT '',
 *     time DateTime64(3, 'UTC') DEFAULT 0,
 *     event_id UUID DEFAULT toUUID('00000000-0000-0000-0000-000000000000'),
 *     delivered DateTime64(9, 'UTC') DEFAULT 0
 * )
 * ENGINE = CollapsingMergeTree(sign)
 * ORDER BY (organization_id, bucket, mark);
 * }
 *
 * <p>A mark names a witness: the bronze table {@code source}, the key of one row, and that row's stamp. A rebuild that begins
 * after the witness was seen has read all rows of the mark's block; it may clear the mark, by a row with
 * {@code sign = -1}. A mark without a {@code source} has no witness: make one only when the change is visible already.
 */
public interface RollupDefinition {

    /** A name that no other rollup has: the lock, the progress and the metrics go by it. */
    String name();

    /** The marks table's name. */
    String marks();

    /** The bronze tables that its marks name as {@code source}. */
    List<Bronze> bronze();

    /** The names of the tables that it writes with a column {@code version}, the batch's version. */
    List<String> gold();

    /** How to compare its gold with bronze. */
    Comparison comparison();

    /** The most buckets that one batch may have. */
    default int largestBatch() {
        return 100;
    }

    /**
     * Whether answers read a bucket from bronze as long as it has a mark. A rebuild that leaves a mark is then useless,
     * so a bucket waits until it has had no insert for the grace.
     */
    default boolean bronzeStandsIn() {
        return false;
    }

    /**
     * Rebuilds silver and gold of these buckets from bronze. It may run again for the same buckets, be killed between
     * any two statements, and be overtaken by another replica that took it for dead. So it reads only stored data,
     * writes with the batch's version or idempotently, and replaces outdated rows itself: a row that the rebuild does
     * not write again stays as it was. A bucket without rows in bronze is rebuilt as empty.
     */
    void rebuild(Batch batch, RebuildContext context);

    /**
     * Writes again what a rebuild of these buckets only adds its changes to, because gold was found to differ from
     * bronze. The rebuild follows.
     */
    default void mend(Batch batch, RebuildContext context) {}
}
