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
 * <p>A mark names a witness: the bronze table {@code source}, the key of one row, and the delivery stamp of that row. A
 * rebuild that begins after the witness was seen has read all rows of the mark's block. It may clear the mark, by a row
 * with {@code sign = -1}. A mark without a {@code source} has no witness: make one only if the change is visible
 * already.
 */
public interface RollupDefinition {

    /** A unique name, used for the lock, the progress and the metrics. */
    String name();

    /** The marks table's name. */
    String marks();

    /** The bronze tables that its marks name as {@code source}. */
    List<Bronze> bronze();

    /** The names of the tables that it writes with a column {@code version}, the batch's version. */
    List<String> gold();

    Comparison comparison();

    /** Maximum number of buckets in a batch. */
    default int largestBatch() {
        return 100;
    }

    /**
     * Rebuilds silver and gold of these buckets from bronze. It may run again for the same buckets, may be killed
     * between any two statements, and may run while another replica, which took over the lock, rebuilds the same
     * buckets. So it reads only stored data, writes with the batch's version or idempotently, and replaces outdated
     * rows itself: a row that the rebuild does not write again stays as it was. A bucket without rows in bronze is
     * rebuilt as empty.
     */
    void rebuild(Batch batch, RebuildContext context);

    /**
     * Counts again the rows that a rebuild of these buckets would only add changes to, because gold was found to differ
     * from bronze. The rebuild follows.
     */
    default void mend(Batch batch, RebuildContext context) {}
}
