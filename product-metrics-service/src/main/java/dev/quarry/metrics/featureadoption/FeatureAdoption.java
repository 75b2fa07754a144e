package dev.quarry.metrics.featureadoption;

import dev.quarry.caller.Caller;
import dev.quarry.metrics.Period;
import dev.quarry.numbers.Quotient;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Features by the share of sessions that used them, the most used first. */
@Schema(name = "FeatureAdoptionResponse")
public record FeatureAdoption(
        @Schema(required = true, description = "Name of the endpoint")
        String metric,

        @Schema(required = true, description = "Organization that the numbers are about")
        String organizationId,

        @Schema(required = true, description = "First day of the window, inclusive")
        LocalDate from,

        @Schema(required = true, description = "Last day of the window, inclusive")
        LocalDate to,

        @Schema(required = true, description = "Features by use, the most used first; at most `limit` of them")
        List<Feature> data)
        implements Tabular {

    @Override
    public Table<?> table() {
        return new Table<>(Feature.class, data);
    }

    /**
     * One feature's use.
     *
     * @param totalSessions sessions that started in the window, with the feature or without
     * @param percentage {@code sessionsWithFeature} of {@code totalSessions}, two decimals
     */
    @Schema(name = "FeatureUse")
    public record Feature(
            @Schema(required = true, description = "Name of the feature")
            String feature,

            @Schema(required = true, description = "Number of sessions that used the feature, at least 1")
            long sessionsWithFeature,

            @Schema(
                    required = true,
                    description = "Number of sessions that started in the window, with the feature or without")
            long totalSessions,

            @Schema(
                    required = true,
                    description = "Share of the sessions that used the feature: 0 to 100, two decimals")
            double percentage) {}

    record Use(String feature, long sessions) {}

    static FeatureAdoption of(Caller caller, Period period, long totalSessions, List<Use> uses) {
        List<Feature> features = uses.stream()
                .map(use -> new Feature(
                        use.feature(),
                        use.sessions(),
                        totalSessions,
                        Quotient.percentage(use.sessions(), totalSessions)))
                .toList();
        return new FeatureAdoption("feature-adoption", caller.organization(), period.from(), period.to(), features);
    }
}
