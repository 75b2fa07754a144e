package dev.quarry.apps.analytics;

import java.util.List;
import java.util.stream.Stream;

/**
 * The place of a percentile among the samples of a bin.
 *
 * @param rank among the bin's samples of gold and bronze together; the smallest has rank 1
 */
record Place(Bin bin, int percent, long rank) {

    /** The place's rank among gold's samples if all of bronze's samples are smaller: the lowest possible rank. */
    long first() {
        return Math.max(1, rank - bin.unrefined().size());
    }

    /** The place's rank among gold's samples if all of bronze's samples are larger: the highest possible rank. */
    long last() {
        return Math.min(rank, bin.refined());
    }

    /** Whether the sample at the place can only be found with gold's samples. */
    boolean needsGold() {
        return bin.refined() > 0 && !bin.isZero();
    }

    /** The sample at a place that does not need gold's samples. */
    double value() {
        return bin.isZero() ? 0 : value(List.of());
    }

    /** The sample at the place, given gold's samples from {@link #first} to {@link #last}. */
    double value(List<Double> gold) {
        return Stream.concat(gold.stream(), bin.unrefined().stream())
                .sorted()
                .skip(rank - first())
                .findFirst()
                .orElseThrow();
    }
}
