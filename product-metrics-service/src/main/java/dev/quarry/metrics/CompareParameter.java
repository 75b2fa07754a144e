package dev.quarry.metrics;

import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;

/** The parameter {@code compare}. */
@RegisterForReflection
public record CompareParameter(
        @Parameter(
                name = "compare",
                description =
                        "Also tell the series of the window of equal length immediately before (`previous`), or of"
                                + " the one that begins a year earlier (`year`)",
                defaultValue = "none",
                example = "previous")
        Compared compare) {

    /** The window to compare with. */
    public enum Compared {
        NONE,
        PREVIOUS,
        YEAR
    }

    public boolean isRequested() {
        return compare != Compared.NONE;
    }
}
