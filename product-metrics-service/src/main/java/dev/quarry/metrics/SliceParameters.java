package dev.quarry.metrics;

import io.quarkus.runtime.annotations.RegisterForReflection;

/** The parameters that filter events and group them. */
@RegisterForReflection
public record SliceParameters(Filters filters, Breakdown breakdown) {
    public Slice slice() {
        return new Slice(filters.values(), breakdown);
    }
}
