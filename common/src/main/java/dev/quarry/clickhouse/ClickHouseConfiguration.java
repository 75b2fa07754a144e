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
