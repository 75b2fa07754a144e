package dev.quarry.apps.analytics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VitalRatingTest {

    @ParameterizedTest
    @CsvSource({
        "LCP, 2500, GOOD",
        "LCP, 2500.1, NEEDS_IMPROVEMENT",
        "LCP, 4000, NEEDS_IMPROVEMENT",
        "LCP, 4000.1, POOR",
        "INP, 200, GOOD",
        "INP, 500, NEEDS_IMPROVEMENT",
        "INP, 501, POOR",
        "CLS, 0, GOOD",
        "CLS, 0.1, GOOD",
        "CLS, 0.25, NEEDS_IMPROVEMENT",
        "CLS, 0.26, POOR",
        "FCP, 1800, GOOD",
        "FCP, 3000, NEEDS_IMPROVEMENT",
        "FCP, 3001, POOR",
        "TTFB, 800, GOOD",
        "TTFB, 1800, NEEDS_IMPROVEMENT",
        "TTFB, 1801, POOR",
    })
    void followsThePublicThresholds(String metric, double p75, VitalRating rating) {
        assertEquals(Optional.of(rating), VitalRating.of(metric, p75));
    }

    @Test
    void otherMetricsHaveNoRating() {
        assertEquals(Optional.empty(), VitalRating.of("FID", 1));
    }
}
