package dev.quarry.metrics.gold;

import dev.quarry.clickhouse.Row;
import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bucket;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;

/** Batches whose buckets are days. */
final class Batches {
    private Batches() {}

    /** Reads the columns {@code organization_id, day}. */
    static Bucket bucket(Row row) {
        return new Bucket(
                row.nextString(), row.nextDate().atStartOfDay(ZoneOffset.UTC).toInstant());
    }

    static LocalDate day(Bucket bucket) {
        return LocalDate.ofInstant(bucket.start(), ZoneOffset.UTC);
    }

    /** The batch with more days, without duplicates. */
    static Batch with(Batch batch, List<Bucket> more) {
        return new Batch(
                batch.version(),
                Stream.concat(batch.buckets().stream(), more.stream())
                        .distinct()
                        .toList());
    }
}
