package dev.quarry.time;

import java.time.Duration;

/** The requested window is longer than its endpoint allows. */
public final class WindowTooLong extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final Duration asked;
    private final Duration longest;

    WindowTooLong(Duration asked, Duration longest) {
        super("The window spans " + inWords(asked) + "; the longest allowed is " + inWords(longest));
        this.asked = asked;
        this.longest = longest;
    }

    /**
     * The length of the requested window. For a window of days: the number of days times 24 hours, whatever their real
     * length.
     */
    public Duration asked() {
        return asked;
    }

    public Duration longest() {
        return longest;
    }

    private static String inWords(Duration span) {
        Duration days = Duration.ofDays(span.toDays());
        return span.equals(days) && !days.isZero() ? days.toDays() + " days" : span.toString();
    }
}
