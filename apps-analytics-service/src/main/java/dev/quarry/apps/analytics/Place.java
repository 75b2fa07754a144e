package dev.quarry.apps.analytics;

import java.util.List;
import java.util.stream.Stream;

/**
 * Where a percentile stands.
 *
 * @param rank among the bin's samples, gold's and bronze's together; the smallest has rank 1
 */
record Place(Bin bin, int percent, long rank) {

    /** Gold's samples before this one cannot be at the place, even if all of bronze's are smaller. */
    long first() {
        return Math.max(1, rank - bin.unrefined().size());
    }

    /** Nor can those after this one, even if all of bronze's are larger. */
    long last() {
        return Math.min(rank, bin.refined());
    }

    /** Whether it takes gold's samples to tell which one it is. */
    boolean needsGold() {
        return bin.refined() > 0 && !bin.isZero();
    }

    /** The sample where that does not take gold's. */
    double value() {
        return bin.isZero() ? 0 : value(List.of());
    }

    /** The sample, given gold's from the first to the last. */
    double value(List<Double> gold) {
        return Stream.concat(gold.stream(), bin.unrefined().stream())
                .sorted()
                .skip(rank - first())
                .findFirst()
                .orElseThrow();
    }
}
