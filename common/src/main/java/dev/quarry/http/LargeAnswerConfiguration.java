package dev.quarry.http;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How much of a service its large answers may take. */
@ConfigMapping(prefix = "quarry.large-answers")
public interface LargeAnswerConfiguration {

    /** How many are made and sent at the same time; each holds up to some megabytes. */
    @WithDefault("8")
    int atOnce();

    /** How long a request waits for its turn before it is answered 503: before the gateway gives up on it. */
    @WithDefault("15s")
    Duration patience();

    /** How long one may take from its turn to its last byte; the connection of a client that reads slower is closed. */
    @WithDefault("60s")
    Duration time();
}
