package dev.quarry.apps.analytics;

import java.util.List;
import java.util.stream.Stream;

/**
 * Samples of a metric with similar values: the samples of one bin, as {@code canvas_vitals.bin} numbers bins.
 *
 * @param number grows with the values
 * @param refined how many samples of the bin gold has
 * @param unrefined the samples of hours that are read from bronze
 */
record Bin(String metric, int number, long refined, List<Double> unrefined) {

    /** Whether all samples are 0. */
    boolean isZero() {
        return number == 0;
    }

    long samples() {
        return refined + unrefined.size();
    }

    /** Adds the same bin's samples of other hours. */
    Bin plus(Bin other) {
        return new Bin(
                metric,
                number,
                refined + other.refined,
                Stream.concat(unrefined.stream(), other.unrefined.stream()).toList());
    }
}
