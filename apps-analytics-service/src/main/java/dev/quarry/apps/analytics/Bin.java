package dev.quarry.apps.analytics;

/**
 * Samples of a metric with similar values: the samples of one bin, as {@code canvas_vitals.bin} numbers bins.
 *
 * @param number grows with the values
 * @param samples how many samples in the window have the bin
 */
record Bin(String metric, int number, long samples) {

    /** Whether all samples are 0. */
    boolean isZero() {
        return number == 0;
    }
}
