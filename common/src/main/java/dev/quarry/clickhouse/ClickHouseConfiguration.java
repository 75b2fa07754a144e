package dev.quarry.clickhouse;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Where the engine is, and how much of it one question may take. */
@ConfigMapping(prefix = "quarry.clickhouse")
public interface ClickHouseConfiguration {

    /** The engine's HTTP interface, such as {@code http://clickhouse:8123}. */
    URI url();

    /** The database that holds Quarry's tables: letters, digits and underscores. */
    @WithDefault("quarry")
    String database();

    @WithDefault("default")
    String user();

    /** Unset only where the engine listens on loopback. */
    Optional<String> password();

    /**
     * The cluster, if the tables were made on one: the name that the migrator was given. Each query then asks the shard of its
     * caller's organisation, and no other.
     */
    Optional<String> cluster();

    /**
     * The engine setting, such as {@code quarry_tenant}, in which every query says whose rows it may see, for row policies to
     * compare with; the key of its quota is then the same. Unset where the engine has no users: it refuses a setting that it
     * does not know.
     */
    Optional<String> tenantSetting();

    /** Connections kept at most; a request waits up to {@link #connectTimeout} for a free one. */
    @WithDefault("32")
    int maxConnections();

    @WithDefault("1s")
    Duration connectTimeout();

    /** What a query may take unless it says otherwise. */
    Guards guards();

    /** Limits of one query; whoever exceeds one gets an error, never a part of the answer. */
    interface Guards {
        /** Whole seconds, at least one. */
        @WithDefault("10s")
        Duration time();

        /** Bytes of memory. */
        @WithDefault("2000000000")
        long memory();

        /** Rows read. */
        @WithDefault("500000000")
        long rowsRead();

        /** Rows answered. */
        @WithDefault("100000")
        long resultRows();
    }
}
