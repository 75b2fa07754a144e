package dev.quarry.rollup;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * The unit that is rebuilt: one organisation's hour, day or other span that a {@link RollupDefinition} marks.
 *
 * @param start the bucket's first instant, in whole seconds
 */
public record Bucket(String organization, Instant start) {
    public Bucket {
        requireNonNull(organization, "organization is null");
        requireNonNull(start, "start is null");
    }

    /** The form in logs and in the output of {@code ./quarry verify}. */
    @Override
    public String toString() {
        return organization + " " + start;
    }
}
