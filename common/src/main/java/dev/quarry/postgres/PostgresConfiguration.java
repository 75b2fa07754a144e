package dev.quarry.postgres;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** What a service does if PostgreSQL is slow, unreachable or overloaded. */
@ConfigMapping(prefix = "quarry.postgres")
public interface PostgresConfiguration {

    /**
     * Timeout of one attempt at a statement, from the wait for a connection to the last row; at least 10 ms. A slower
     * statement fails with 504 and is not retried.
     */
    @WithDefault("5s")
    Duration timeout();

    /**
     * Maximum number of statements that run or wait for a connection of the pool at the same time, at least 1. Further
     * ones fail with 503 at once.
     */
    @WithDefault("500")
    int maxConcurrency();

    Retry retry();

    CircuitBreaker circuitBreaker();

    /** Retries a read if PostgreSQL cannot be reached. */
    interface Retry {
        /** Maximum number of retries; 0 to 2. */
        @WithDefault("1")
        int max();

        /** The pause before a retry. */
        @WithDefault("50ms")
        Duration delay();
    }

    /**
     * Stops sending statements while PostgreSQL cannot be reached or does not answer in time; they then fail with 503
     * at once. A statement that PostgreSQL refuses counts as an answer.
     */
    interface CircuitBreaker {
        /** Number of last attempts to look at, at least 1; with fewer, the circuit stays closed. */
        @WithDefault("20")
        int attempts();

        /** The circuit opens when this share of them failed; above 0, up to 1. */
        @WithDefault("0.5")
        double failureRatio();

        /** How long the circuit stays open. After that, one statement tries again. */
        @WithDefault("1s")
        Duration delay();
    }
}
