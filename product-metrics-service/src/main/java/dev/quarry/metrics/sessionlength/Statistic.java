package dev.quarry.metrics.sessionlength;

/** What is told of the lengths of a day's sessions. */
enum Statistic {
    AVERAGE(0),
    P50(50),
    P90(90);

    private final int percent;

    Statistic(int percent) {
        this.percent = percent;
    }

    /** The percentile, or 0 for the average. */
    int percent() {
        return percent;
    }
}
