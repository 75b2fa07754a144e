package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PaceTest {
    @ParameterizedTest
    @CsvSource({
        "PT5S, 0.25, PT0.1S, PT5S",
        "PT5S, 0.25, PT4S, PT12S",
        "PT5S, 0.5, PT4S, PT5S",
        "PT5S, 0.5, PT8S, PT8S",
        "PT5S, 1, PT1H, PT5S",
        "PT5S, 0.25, PT1H, PT1M",
        "PT10M, 0.25, PT1H, PT10M",
    })
    void longPassesHaveLongPauses(Duration interval, double share, Duration pass, Duration pause) {
        assertEquals(pause, new Pace(interval, share).pauseAfter(pass));
    }

    @Test
    void tinyShareHasTheLongestPause() {
        assertEquals(Duration.ofMinutes(1), new Pace(Duration.ofSeconds(5), 1e-300).pauseAfter(Duration.ofDays(1)));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -0.1, 1.01, Double.NaN})
    void shareMustBeAboveZeroAndAtMostOne(double share) {
        assertThrows(IllegalArgumentException.class, () -> new Pace(Duration.ofSeconds(5), share));
    }
}
