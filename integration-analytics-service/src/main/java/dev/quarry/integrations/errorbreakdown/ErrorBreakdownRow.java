package dev.quarry.integrations.errorbreakdown;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tallies;
import dev.quarry.numbers.Quotient;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * The failures over the whole window that have one category.
 *
 * @param sharePct percent of all failures, including those of omitted categories; two decimals
 */
@RegisterForReflection
@Schema(name = "src__analytics__integrations__schemas__ErrorBreakdownRow", title = "ErrorBreakdownRow")
@JsonNaming(SnakeCaseStrategy.class)
public record ErrorBreakdownRow(
        @Schema(
                required = true,
                title = "Error Category",
                description = "Category of the failures; empty for failures without one")
        String errorCategory,

        @Schema(required = true, title = "Count", description = "Number of failures in the category, at least 1")
        long count,

        @Schema(
                required = true,
                title = "Share Pct",
                description = "Failures in the category in percent of all failures, those of omitted"
                        + " categories included; 0 to 100, with two decimals")
        double sharePct) {

    public static final Panel<ErrorBreakdownRow> PANEL = new Panel<>(
            Cut.ERROR_CATEGORY, ErrorBreakdownRow.class, ErrorBreakdownRow::errorCategory, ErrorBreakdownRow::of);

    private static List<ErrorBreakdownRow> of(Tallies tallies) {
        long failures = tallies.total(Cut.ERROR_CATEGORY);
        return tallies.groups(Cut.ERROR_CATEGORY).stream()
                .map(category -> new ErrorBreakdownRow(
                        category.key(), category.failures(), Quotient.percentage(category.failures(), failures)))
                .toList();
    }
}
