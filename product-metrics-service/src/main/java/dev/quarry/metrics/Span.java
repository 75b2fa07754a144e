package dev.quarry.metrics;

/** The days whose users a rolling count includes. They end with the counted day. */
public enum Span {
    WEEK(7),
    MONTH(30);

    private final int days;

    Span(int days) {
        this.days = days;
    }

    /** The number of days, with the counted day. */
    public int days() {
        return days;
    }

    /** The number of days before the counted day. */
    public int earlierDays() {
        return days - 1;
    }
}
