package dev.quarry.integrations;

import dev.quarry.clickhouse.Row;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;

/**
 * The numbers of one group of invocations.
 *
 * @param bucket where the group's bucket starts; {@link Instant#EPOCH} for cuts other than {@link Cut#BUCKET}
 * @param key the integration, the mode or the error category; empty for {@link Cut#PERIOD} and {@link Cut#BUCKET}
 * @param latencySum of all invocations, in milliseconds, as all latencies here
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

    /** Percent of the invocations, two decimals, half up; 0 if there are none. */
    public double successRate() {
        return percent(successful, invocations());
    }

    /** Milliseconds, two decimals, half up; 0 if there are none. */
    public double averageLatency() {
        return invocations() == 0 ? 0 : quotient(BigDecimal.valueOf(latencySum), invocations());
    }

    /** A part as percent of a whole, two decimals, half up; 0 if the whole is 0. */
    public static double percent(long part, long whole) {
        return whole == 0 ? 0 : quotient(BigDecimal.valueOf(part).movePointRight(2), whole);
    }

    private static double quotient(BigDecimal dividend, long divisor) {
        return dividend.divide(BigDecimal.valueOf(divisor), 2, RoundingMode.HALF_UP)
                .doubleValue();
    }
}
