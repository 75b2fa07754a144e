package dev.quarry.refining;

import java.util.List;

/**
 * What a service refines: one bean for each family of bronze tables whose buckets are rebuilt by a job. {@link Refiner} calls
 * it, one replica at a time.
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
 * after the witness was seen has read all rows that the mark stands for; it may clear the mark, by a row with
 * {@code sign = -1}. A mark without a {@code source} stands for nothing that could still be under way: whoever makes one makes
 * sure that the change it stands for can be read already.
 */
public interface Refinement {

    /** A name that no other refinement has: the lock, the progress and the metrics go by it. */
    String name();

    /** The marks table's name. */
    String marks();

    /** The tables that its marks name as sources. */
    List<Bronze> bronze();

    /** The names of the tables that it writes with the batch's version, in a column {@code version}. */
    List<String> gold();

    /** How what it wrote is compared with bronze. */
    Comparison comparison();

    /** The most buckets that one batch may have. */
    default int largestBatch() {
        return 100;
    }

    /**
     * Whether answers read a bucket from bronze as long as it has a mark. A rebuild that does not clear all of them then serves
     * nobody: a bucket waits until nothing has been inserted into it for as long as the grace.
     */
    default boolean bronzeStandsIn() {
        return false;
    }

    /**
     * Writes what follows from bronze for these buckets. It may run again for the same buckets, be killed between any two
     * statements, and be overtaken by another replica that took it for dead. So it reads nothing but what has been stored,
     * writes with the batch's version or in ways that are idempotent, and replaces what is no longer so: a row that the
     * rebuild does not write again stays as it was. A bucket that bronze no longer has is rebuilt as empty.
     */
    void rebuild(Batch batch, Workshop workshop);
}
