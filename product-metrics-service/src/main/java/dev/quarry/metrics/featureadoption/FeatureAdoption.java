package dev.quarry.metrics.featureadoption;

import dev.quarry.auth.Caller;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.Quotient;
import java.time.LocalDate;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Features by the share of sessions that used them, the most used first. */
@Schema(name = "FeatureAdoptionResponse")
public record FeatureAdoption(
        @Schema(required = true) String metric,
        @Schema(required = true) String organizationId,
        @Schema(required = true) LocalDate from,
        @Schema(required = true) LocalDate to,
        @Schema(required = true) List<Feature> data) {

    /**
     * One feature's use.
     *
     * @param totalSessions sessions that started in the window, with the feature or without
     * @param percentage {@code sessionsWithFeature} of {@code totalSessions}, two decimals
     */
    @Schema(name = "FeatureUse")
    public record Feature(
            @Schema(required = true) String feature,
            @Schema(required = true) long sessionsWithFeature,
            @Schema(required = true) long totalSessions,
            @Schema(required = true) double percentage) {}

    record Use(String feature, long sessions) {}

    static FeatureAdoption of(Caller caller, PeriodParameters asked, long totalSessions, List<Use> uses) {
        List<Feature> features = uses.stream()
                .map(use -> new Feature(
                        use.feature(),
                        use.sessions(),
                        totalSessions,
                        Quotient.percentage(use.sessions(), totalSessions)))
                .toList();
        return new FeatureAdoption("feature-adoption", caller.organization(), asked.from(), asked.to(), features);
    }
}
