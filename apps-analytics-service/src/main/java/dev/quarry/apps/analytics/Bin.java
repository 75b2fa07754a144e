package dev.quarry.apps.analytics;

import java.util.List;
import java.util.stream.Stream;

/**
 * The samples of a metric whose values are about as large: those that {@code canvas_vitals.bin} has in one bin.
 *
 * @param number grows with the values
 * @param refined how many samples gold has of it
 * @param unrefined the samples of hours that are read from bronze
 */
record Bin(String metric, int number, long refined, List<Double> unrefined) {

    /** Whether it has nothing but zeros. */
    boolean isZero() {
        return number == 0;
    }

    long samples() {
        return refined + unrefined.size();
    }

    /** The same bin's samples of other hours added. */
    Bin plus(Bin other) {
        return new Bin(
                metric,
                number,
                refined + other.refined,
                Stream.concat(unrefined.stream(), other.unrefined.stream()).toList());
    }
}
