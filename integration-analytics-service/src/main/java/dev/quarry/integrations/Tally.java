package dev.quarry.integrations;

import dev.quarry.clickhouse.Row;
import dev.quarry.numbers.Quotient;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;

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

    /** Reads the columns that follow the cut, the bucket and the key. */
    static Tally of(Cut cut, Instant bucket, String key, Row row) {
        return new Tally(
                cut,
                bucket,
                key,
                row.nextLong(),
                row.nextLong(),
                row.nextLong(),
                row.nextLong(),
                row.nextLong(),
                row.nextLong(),
                row.nextLong(),
                row.nextLong(),
                row.nextLong());
    }

    static Tally none(Cut cut, Instant bucket, String key) {
        return new Tally(cut, bucket, key, 0, 0, 0, 0, 0, 0, 0, 0, 0);
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
