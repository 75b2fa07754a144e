package dev.quarry.time;

import java.util.Collection;
import java.util.Optional;

/** The window has more buckets of the requested granularity than one answer may have. */
public final class TooManyBuckets extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient Window window;
    private final Granularity granularity;
    private final long count;
    private final int cap;

    TooManyBuckets(Window window, Granularity granularity, long count, int cap) {
        super("The window has %d buckets of granularity %s; at most %d are allowed"
                .formatted(count, granularity.wireName(), cap));
        this.window = window;
        this.granularity = granularity;
        this.count = count;
        this.cap = cap;
    }

    public Granularity granularity() {
        return granularity;
    }

    public long count() {
        return count;
    }

    public int cap() {
        return cap;
    }

    /** The finest of an endpoint's granularities with few enough buckets; empty if there is none. */
    public Optional<Granularity> finestOf(Collection<Granularity> offered) {
        return offered.stream()
                .sorted()
                .filter(candidate -> window.count(candidate) <= cap)
                .findFirst();
    }
}
