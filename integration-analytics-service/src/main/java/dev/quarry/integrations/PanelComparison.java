package dev.quarry.integrations;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.comparison.CompareParameter.Compared;
import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;

/** Whether rows come with their counterparts in an earlier window. */
@RegisterForReflection
record PanelComparison(
        @Parameter(
                name = PanelComparison.NAME,
                description =
                        "Each row comes as `current` beside its `previous` counterpart: with `previous`, in the window of"
                                + " equal length before; with `year`, in that of as many days that begins a year earlier,"
                                + " for a window of at most a year. Buckets are paired by their place in the window, weeks"
                                + " with whole ones (`year`: 52 weeks before), groups by name",
                values = {PanelComparison.NONE, "previous", "year"},
                defaultValue = PanelComparison.NONE,
                example = PanelComparison.NONE)
        String compare) {
    static final String NAME = "compare";
    static final String NONE = "none";

    boolean isRequested() {
        return choice().isRequested();
    }

    CompareParameter choice() {
        return new CompareParameter(Compared.valueOf(compare.toUpperCase(Locale.ROOT)));
    }
}
