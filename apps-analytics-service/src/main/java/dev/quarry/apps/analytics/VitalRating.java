package dev.quarry.apps.analytics;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import java.util.Optional;

/** How good a web vital is, by the thresholds that web.dev publishes for the 75th percentile. */
public enum VitalRating {
    @JsonProperty("good")
    GOOD,
    @JsonProperty("needs-improvement")
    NEEDS_IMPROVEMENT,
    @JsonProperty("poor")
    POOR;

    /** A value up to {@code good} is good, a value above {@code poor} is poor. */
    private record Thresholds(double good, double poor) {}

    private static final Map<String, Thresholds> THRESHOLDS = Map.of(
            "LCP", new Thresholds(2_500, 4_000),
            "INP", new Thresholds(200, 500),
            "CLS", new Thresholds(0.1, 0.25),
            "FCP", new Thresholds(1_800, 3_000),
            "TTFB", new Thresholds(800, 1_800));

    /** Empty for a metric without public thresholds. Values are milliseconds, except CLS, which has no unit. */
    static Optional<VitalRating> of(String metric, double p75) {
        return Optional.ofNullable(THRESHOLDS.get(metric)).map(thresholds -> {
            if (p75 <= thresholds.good()) {
                return GOOD;
            }
            return p75 <= thresholds.poor() ? NEEDS_IMPROVEMENT : POOR;
        });
    }
}
