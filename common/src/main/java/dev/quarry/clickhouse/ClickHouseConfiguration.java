package dev.quarry.clickhouse;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Where the engine is, limits of a query, and what happens when the engine does not answer. */
@ConfigMapping(prefix = "quarry.clickhouse")
public interface ClickHouseConfiguration {

    /** The engine's HTTP interface, such as {@code http://clickhouse:8123}. */
    URI url();

    /** The database that holds Quarry's tables: letters, digits and underscores. */
    @WithDefault("quarry")
    String database();

    @WithDefault("default")
    String user();

    /** May be unset only if the engine listens on loopback. */
    Optional<String> password();

    /**
     * The name of the cluster, if the migrator made the tables on one. Each query then reads only the shard of its
     * caller's organisation.
     */
    Optional<String> cluster();

    /**
     * The number of the cluster's shards, if the migrator made a database for each of them. The rollup job then refines
     * each shard apart, so that a shard that is away stops only its own tenants. 0: all shards together, so that a shard
     * that is away stops all.
     */
    @WithDefault("0")
    int shards();

    /**
     * The engine setting, such as {@code quarry_tenant}, that passes the caller's organisation to row policies. The
     * organisation is then also the quota key. Leave it unset if the engine has no users: the engine refuses settings
     * that it does not know.
     */
    Optional<String> tenantSetting();

    /** Size of the connection pool. A read waits up to {@link #connectTimeout} for a free connection. */
    @WithDefault("32")
    int maxConnections();

    /** Timeout of connecting, and of waiting for a free connection. */
    @WithDefault("1s")
    Duration connectTimeout();

    /**
     * Added to {@link Guards#time}, this is the timeout of one attempt as a whole; at least 1 s. It covers waiting for
     * a connection, connecting, and reading the answer. Reads that take longer fail with 504.
     */
    @WithDefault("5s")
    Duration timeoutMargin();

    /** Repeats a read after an outage or the loss of a shard. */
    Retry retry();

    /** Answers 503 without asking the engine while it is unreachable. */
    CircuitBreaker circuitBreaker();

    /** Limits of one query. */
    Guards guards();

    /**
     * When to repeat a read. An outage means that the engine cannot be reached, breaks off its answer, or is shutting
     * down. The loss of a shard means that one shard of a cluster broke off its part of the answer.
     */
    interface Retry {
        /** Maximum number of repetitions of a read; 0 disables them. */
        @WithDefault("1")
        int maxRetries();

        /** The pause before a repetition. */
        @WithDefault("50ms")
        Duration delay();

        /** Makes the pause longer or shorter by up to this much, at random. */
        @WithDefault("25ms")
        Duration jitter();
    }

    /** When to stop sending queries to the engine. */
    interface CircuitBreaker {
        /** Number of last attempts to look at. */
        @WithDefault("20")
        int reads();

        /** The circuit opens when this share of them met an outage; above 0, up to 1. */
        @WithDefault("0.5")
        double failureRatio();

        /**
         * How long the circuit stays open. The next read then queries the engine, and closes or reopens the circuit.
         */
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

        /**
         * Bytes of the answer, as the engine holds it. A service holds an answer in memory about three times: as the
         * engine sends it, as values and as JSON.
         */
        @WithDefault("16000000")
        long resultBytes();
    }
}
