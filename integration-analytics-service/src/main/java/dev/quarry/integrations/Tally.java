package dev.quarry.integrations;

import dev.quarry.clickhouse.Row;
import dev.quarry.numbers.Quotient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What is known of one group of invocations.
 *
 * @param bucket where the group's bucket starts; {@link Instant#EPOCH} for cuts other than {@link Cut#BUCKET}
 * @param key the integration, the mode, the error category; empty for {@link Cut#PERIOD} and {@link Cut#BUCKET}
 * @param latencySum of all invocations, in milliseconds, as every latency here
 * @param p50 the nearest-rank percentile: the least latency that half of the invocations do not exceed
 */
public record Tally(
        Cut cut,
        Instant bucket,
        String key,
        long successful,
        long vendorErrors,
        long exceptions,
        long latencySum,
        long latencyMax,
        long p50,
        long p90,
        long p95,
        long p99) {
    /** Sorts keys as the engine does, which decides by this order between equally large groups. */
    static final Comparator<String> BY_KEY =
            Comparator.comparing(key -> key.getBytes(StandardCharsets.UTF_8), Arrays::compareUnsigned);

    /** Reads the numbers, each from a column. */
    static Tally of(Cut cut, Instant bucket, String key, Row row) {
        return counted(cut, bucket, key, row)
                .withPercentiles(row.nextLong(), row.nextLong(), row.nextLong(), row.nextLong());
    }

    /** Reads the numbers, the percentiles from one column with an array. */
    static Tally merged(Cut cut, Instant bucket, String key, Row row) {
        return counted(cut, bucket, key, row).withPercentiles(row.nextLongs());
    }

    /** Reads all numbers but the percentiles. */
    private static Tally counted(Cut cut, Instant bucket, String key, Row row) {
        return new Tally(
                cut,
                bucket,
                key,
                row.nextLong(),
                row.nextLong(),
                row.nextLong(),
                row.nextLong(),
                row.nextLong(),
                0,
                0,
                0,
                0);
    }

    /** Of a group of failures, whose latencies no panel has. */
    static Tally failures(Cut cut, String key, long vendorErrors, long exceptions) {
        return new Tally(cut, Instant.EPOCH, key, 0, vendorErrors, exceptions, 0, 0, 0, 0, 0, 0);
    }

    static Tally none(Cut cut, Instant bucket, String key) {
        return new Tally(cut, bucket, key, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    /** The same numbers, of a group of another cut. */
    Tally of(Cut other, String itsKey) {
        return new Tally(
                other,
                bucket,
                itsKey,
                successful,
                vendorErrors,
                exceptions,
                latencySum,
                latencyMax,
                p50,
                p90,
                p95,
                p99);
    }

    /** @param percentiles p50, p90, p95 and p99 */
    Tally withPercentiles(List<Long> percentiles) {
        return withPercentiles(percentiles.get(0), percentiles.get(1), percentiles.get(2), percentiles.get(3));
    }

    private Tally withPercentiles(long itsP50, long itsP90, long itsP95, long itsP99) {
        return new Tally(
                cut,
                bucket,
                key,
                successful,
                vendorErrors,
                exceptions,
                latencySum,
                latencyMax,
                itsP50,
                itsP90,
                itsP95,
                itsP99);
    }

    public long invocations() {
        return successful + vendorErrors + exceptions;
    }

    public long failures() {
        return vendorErrors + exceptions;
    }

    /** Percent of the invocations, two decimals, half up; 0 of none. */
    public double successRate() {
        return Quotient.percentage(successful, invocations());
    }

    /** Milliseconds, two decimals, half up; 0 of none. */
    public double averageLatency() {
        return Quotient.of(latencySum, invocations());
    }
}
