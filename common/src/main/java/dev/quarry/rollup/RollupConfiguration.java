package dev.quarry.rollup;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How a service keeps its silver and gold up to date. */
@ConfigMapping(prefix = "quarry.rollup")
public interface RollupConfiguration {

    /** Whether this replica takes its turn at refining. At least one replica of a service has to. */
    @WithDefault("true")
    boolean enabled();

    /** The pause between two passes, and so, beside the time that a pass takes, how stale an answer can be. */
    @WithDefault("5s")
    Duration interval();

    /**
     * How long to keep a mark whose witness is not visible, counted from when the replica first saw the mark. A witness
     * is not visible if a later delivery of the same event replaced it, or if the INSERT failed half way. Until then
     * every pass rebuilds the bucket. Also how long a bucket that bronze stands in for must have had no insert.
     */
    @WithDefault("1m")
    Duration grace();

    /**
     * On a cluster, whole seconds, how far behind a replica may be that a rebuild still reads. It has to be well below
     * {@link #grace}: what is older than that must then be there. A rebuild fails, and is tried again, where every replica
     * is further behind.
     */
    @WithDefault("30s")
    Duration replicaDelay();

    /**
     * The share of the time spent on comparing gold with bronze, on one thread of the engine: 0.02 is 2 %. Every pause
     * between passes has at least one comparison; 0 disables all but requested ones.
     */
    @WithDefault("0.02")
    double auditShare();

    /** Whole seconds, at least one, that one statement of a rebuild may take. */
    @WithDefault("10m")
    Duration statementTime();

    /** Bytes of the engine's memory that one statement may take. */
    @WithDefault("4000000000")
    long memory();

    /** The engine's user that may write; unset is {@code quarry.clickhouse.user}, which then must be allowed to. */
    Optional<String> user();

    /** The password of {@link #user}. */
    Optional<String> password();
}
