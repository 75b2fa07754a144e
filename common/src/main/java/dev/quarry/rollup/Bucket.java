package dev.quarry.rollup;

import static java.util.Objects.requireNonNull;

import java.time.Instant;

/**
 * The least that is refined at once: one organisation's hour, day or whatever a {@link RollupDefinition} marks.
 *
 * @param start the bucket's first instant, in whole seconds
 */
public record Bucket(String organization, Instant start) {
    public Bucket {
        requireNonNull(organization, "organization is null");
        requireNonNull(start, "start is null");
    }

    /** As people read it in logs and in what {@code ./quarry verify} prints. */
    @Override
    public String toString() {
        return organization + " " + start;
    }
}
