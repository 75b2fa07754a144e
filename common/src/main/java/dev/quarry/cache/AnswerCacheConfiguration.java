package dev.quarry.cache;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Settings of the answer cache. */
@ConfigMapping(prefix = "quarry.answer-cache")
public interface AnswerCacheConfiguration {

    /**
     * Maximum size of all cached answers, in bytes; 0 turns the cache off. What the cache knows of recent requests
     * takes up to an eighth more.
     */
    @WithDefault("16777216")
    long bytes();

    /** The largest share of {@link #bytes} that the answers of one organisation may take, more than 0, at most 1. */
    @WithDefault("0.25")
    double organizationShare();
}
