package dev.quarry.rollup;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Gatherers;

/**
 * Buckets to rebuild, and the version to write them with.
 *
 * @param version larger than that of every earlier batch, on any replica: the row with the largest version wins
 * @param buckets never empty, without repetition, of any number of organisations
 */
public record Batch(long version, List<Bucket> buckets) {
    public Batch {
        buckets = List.copyOf(buckets);
        if (buckets.isEmpty()) {
            throw new IllegalArgumentException("buckets is empty");
        }
    }

    /** For {@code {organizations:Array(String)}}; element by element with {@link #starts} or {@link #days}. */
    public List<String> organizations() {
        return buckets.stream().map(Bucket::organization).toList();
    }

    /** For {@code {starts:Array(DateTime('UTC'))}}. */
    public List<Instant> starts() {
        return buckets.stream().map(Bucket::start).toList();
    }

    /** For {@code {days:Array(Date)}}, if buckets are days. */
    public List<LocalDate> days() {
        return buckets.stream()
                .map(bucket -> LocalDate.ofInstant(bucket.start(), ZoneOffset.UTC))
                .toList();
    }

    /**
     * Batches of the days that contain the buckets, each day once.
     *
     * @param most maximum number of days in a batch
     */
    public List<Batch> byDay(int most) {
        return buckets.stream()
                .map(bucket -> new Bucket(bucket.organization(), bucket.start().truncatedTo(ChronoUnit.DAYS)))
                .distinct()
                .gather(Gatherers.windowFixed(most))
                .map(days -> new Batch(version, days))
                .toList();
    }
}
