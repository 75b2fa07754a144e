package dev.quarry.largeanswers;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

@ConfigMapping(prefix = "quarry.large-answers")
public interface LargeAnswerConfiguration {

    /** Maximum number of large answers that are made and sent at the same time. Each takes up to some megabytes. */
    @WithDefault("8")
    int atOnce();

    /** How long a request waits for its turn before it fails with 503. Must be shorter than the gateway's timeout. */
    @WithDefault("15s")
    Duration queueTimeout();

    /** How long an answer may take from its turn to its last byte. After that, its connection is closed. */
    @WithDefault("60s")
    Duration answerTimeout();
}
