package dev.quarry.fairness;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/**
 * How many reads of the engine run at the same time, and how they are shared between organisations. Each replica counts
 * for itself: an organisation's share of the engine is its places on one replica times the replicas.
 */
@ConfigMapping(prefix = "quarry.fairness")
public interface FairnessConfiguration {

    /**
     * Number of places, at least 1. A read takes one place, a large answer takes several. Large answers leave a quarter of
     * all places free.
     */
    @WithDefault("16")
    int places();

    /**
     * Most places of one organisation, at least 1. Its large answers leave a quarter of them free. While others ask too,
     * its light reads have at most half of them.
     */
    @WithDefault("4")
    int placesPerOrganization();

    /** Most reads that wait for a place. One more is answered with 429, to the organisation with most reads waiting. */
    @WithDefault("1000")
    int waiting();

    /** Most reads of one organisation that wait for a place. One more is answered with 429. */
    @WithDefault("250")
    int waitingPerOrganization();

    /**
     * How long a read waits for a place before it fails. The gateway's timeout must be longer than this and the limits of
     * reading together.
     */
    @WithDefault("15s")
    Duration queueTimeout();
}
