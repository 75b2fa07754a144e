package dev.quarry.largeanswers;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Limits on a service's large answers. */
@ConfigMapping(prefix = "quarry.large-answers")
public interface LargeAnswerConfiguration {

    /** How many large answers are made and sent at the same time; each holds up to some megabytes. */
    @WithDefault("8")
    int atOnce();

    /** How long a request waits for its turn before it is answered 503; shorter than the gateway's timeout. */
    @WithDefault("15s")
    Duration queueTimeout();

    /** How long an answer may take from its turn to its last byte; then its connection is closed. */
    @WithDefault("60s")
    Duration answerTimeout();
}
