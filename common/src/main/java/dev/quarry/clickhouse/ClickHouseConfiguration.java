package dev.quarry.clickhouse;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Where the engine is, how much of it one query may take, and how reads meet an engine that does not answer. */
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
     * The name of the cluster, if the migrator made the tables on one. Each query then reads only the shard of its caller's
     * organisation.
     */
    Optional<String> cluster();

    /**
     * The engine setting, such as {@code quarry_tenant}, that carries the caller's organisation to row policies. The
     * organisation is then also the quota key. Leave it unset where the engine has no users: it refuses settings that it
     * does not know.
     */
    Optional<String> tenantSetting();

    /** Size of the connection pool. A read waits up to {@link #connectTimeout} for a free connection. */
    @WithDefault("32")
    int maxConnections();

    /** Also how long a read waits for a free connection. */
    @WithDefault("1s")
    Duration connectTimeout();

    /**
     * How much longer than the time limit of {@link Guards#time} an attempt may take as a whole, at least 1 s: for waiting
     * for a connection, connecting, and reading the answer. Reads that take longer fail with 504.
     */
    @WithDefault("5s")
    Duration timeoutMargin();

    /** How many reads may run or wait for a connection at the same time. Further ones fail with 503 at once. */
    @WithDefault("1000")
    int maxConcurrentReads();

    /** Repeats a read after an outage. */
    Retry retry();

    /** Answers 503 without asking the engine while it is unreachable. */
    CircuitBreaker circuitBreaker();

    /** Limits of one query. */
    Guards guards();

    /** When to repeat a read. An outage is an engine that cannot be reached, breaks off, or is shutting down. */
    interface Retry {
        /** How often a read is repeated; 0 disables repetition. */
        @WithDefault("1")
        int maxRetries();

        /** The pause before a repetition. */
        @WithDefault("50ms")
        Duration delay();

        /** The pause is longer or shorter by up to this much, at random. */
        @WithDefault("25ms")
        Duration jitter();
    }

    /** When to stop asking the engine. */
    interface CircuitBreaker {
        /** How many of the last attempts count. */
        @WithDefault("20")
        int reads();

        /** The circuit opens when this share of them met an outage: above 0, up to 1. */
        @WithDefault("0.5")
        double failureRatio();

        /** How long the circuit stays open. The next read then tries the engine, and closes or reopens the circuit. */
        @WithDefault("1s")
        Duration delay();
    }

    /** Limits of one query. A query that exceeds one fails; it never answers in part. */
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

        /** Rows in the answer. */
        @WithDefault("100000")
        long resultRows();
    }
}
