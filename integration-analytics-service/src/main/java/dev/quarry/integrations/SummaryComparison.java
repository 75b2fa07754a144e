package dev.quarry.integrations;

import dev.quarry.comparison.CompareParameter;
import dev.quarry.comparison.CompareParameter.Compared;
import dev.quarry.parameters.Parameter;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Locale;

/** The window that a summary compares with. */
@RegisterForReflection
public record SummaryComparison(
        @Parameter(
                name = PanelComparison.NAME,
                description =
                        "The window that the summary compares with: the one of equal length before (`previous`), or the"
                                + " one of as many days that begins a year earlier (`year`), for a window of at most a year",
                values = {"previous", "year"},
                defaultValue = "previous",
                example = "previous")
        String compare) {

    public CompareParameter choice() {
        return new CompareParameter(Compared.valueOf(compare.toUpperCase(Locale.ROOT)));
    }
}
