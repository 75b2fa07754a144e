package dev.quarry.rollup;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** Settings of the rollup job. */
@ConfigMapping(prefix = "quarry.rollup")
public interface RollupConfiguration {

    /** Whether this replica may run the rollup job. At least one replica of a service must. */
    @WithDefault("true")
    boolean enabled();

    /**
     * The shortest pause between two passes. An answer can be as old as the pause plus the duration of a pass; long
     * passes have longer pauses, see {@link #share}.
     */
    @WithDefault("5s")
    Duration interval();

    /**
     * The share of the time that passes may take: above 0, at most 1. With 0.25, a pass of 4 s is followed by a pause of
     * 12 s. No pause is longer than a minute or the interval, whichever is longer. 1 makes every pause as long as the
     * interval.
     */
    @WithDefault("0.25")
    double share();

    /**
     * How long to keep a mark whose witness is not visible, counted from when the replica first saw the mark, whatever
     * its clock is set to. A witness is not visible if a later delivery of the same event replaced it, or if the INSERT
     * failed half way. Until then every pass rebuilds the bucket.
     */
    @WithDefault("1m")
    Duration grace();

    /**
     * On a cluster: how far behind a replica may be to be read by a rebuild, in whole seconds. Must be well below
     * {@link #grace}, because rows that are older than the grace must be visible. If every replica is further behind, a
     * rebuild fails and is retried.
     */
    @WithDefault("30s")
    Duration replicaDelay();

    /**
     * The share of the time spent on comparing gold with bronze, on one thread of the engine: 0.02 is 2 %. Every pause
     * between passes has at least one comparison; 0 disables all comparisons except requested verifications.
     */
    @WithDefault("0.02")
    double auditShare();

    /** Timeout of one statement of a rebuild, in whole seconds, at least one. */
    @WithDefault("10m")
    Duration statementTime();

    /** Maximum memory of the engine for one statement, in bytes. */
    @WithDefault("4000000000")
    long memory();

    /**
     * The engine's user that may write. If unset, {@code quarry.clickhouse.user}, which must then be allowed to write.
     */
    Optional<String> user();

    Optional<String> password();
}
