package dev.quarry.largeanswers;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

@ConfigMapping(prefix = "quarry.large-answers")
public interface LargeAnswerConfiguration {

    /** How long an answer may take from its turn to its last byte. After that, its connection is closed. */
    @WithDefault("60s")
    Duration answerTimeout();
}
