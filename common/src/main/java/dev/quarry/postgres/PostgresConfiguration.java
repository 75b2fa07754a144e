package dev.quarry.postgres;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How a service treats a PostgreSQL that is slow, away or overloaded. */
@ConfigMapping(prefix = "quarry.postgres")
public interface PostgresConfiguration {

    /**
     * How long one attempt at a statement may take, from the wait for a connection to the last row; at least 10 ms. A
     * slower one fails with 504 and is not tried again.
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

    /** Another attempt at a read that PostgreSQL did not answer, because it cannot be reached. */
    interface Retry {
        /** Maximum number of further attempts; 0 to 2. */
        @WithDefault("1")
        int max();

        /** The pause before a further attempt. */
        @WithDefault("50ms")
        Duration delay();
    }

    /**
     * Stops asking a PostgreSQL that cannot be reached, or does not answer in time: statements then fail with 503 at
     * once. A statement that PostgreSQL refuses counts as an answer.
     */
    interface CircuitBreaker {
        /** Number of last attempts that are looked at, at least 1; with fewer, the circuit stays closed. */
        @WithDefault("20")
        int attempts();

        /** Share of them that opens the circuit if they fail; above 0, up to 1. */
        @WithDefault("0.5")
        double failureRatio();

        /** How long the circuit stays open before one statement tries again. */
        @WithDefault("1s")
        Duration delay();
    }
}
