package dev.quarry.postgres;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;

/** Doors to a PostgreSQL of a test's own, with settings of its own. */
public final class TestPostgres {
    private TestPostgres() {}

    /** Settings that are patient with a busy machine; tests change what they are about. */
    record Settings(Duration timeout, int maxConcurrency, int retries, int circuitAttempts)
            implements PostgresConfiguration {
        Settings() {
            this(Duration.ofSeconds(30), 100, 0, 1_000);
        }

        Settings withTimeout(Duration time) {
            return new Settings(time, maxConcurrency, retries, circuitAttempts);
        }

        Settings withMaxConcurrency(int most) {
            return new Settings(timeout, most, retries, circuitAttempts);
        }

        Settings withRetries(int most) {
            return new Settings(timeout, maxConcurrency, most, circuitAttempts);
        }

        Settings withCircuitAttempts(int attempts) {
            return new Settings(timeout, maxConcurrency, retries, attempts);
        }

        @Override
        public Retry retry() {
            return new Retry() {
                @Override
                public int max() {
                    return retries;
                }

                @Override
                public Duration delay() {
                    return Duration.ofMillis(1);
                }
            };
        }

        @Override
        public CircuitBreaker circuitBreaker() {
            return new CircuitBreaker() {
                @Override
                public int attempts() {
                    return circuitAttempts;
                }

                @Override
                public double failureRatio() {
                    return 1;
                }

                @Override
                public Duration delay() {
                    return Duration.ofSeconds(5);
                }
            };
        }
    }

    /** A door to a port that nobody listens on. */
    public static Postgres away(Vertx vertx) {
        return door(vertx, nowhere(), new Settings());
    }

    static Postgres door(Vertx vertx, PgConnectOptions server, Settings settings) {
        return door(vertx, server, settings, new SimpleMeterRegistry());
    }

    static Postgres door(Vertx vertx, PgConnectOptions server, Settings settings, MeterRegistry meters) {
        Pool pool = pool(vertx, server);
        return new Postgres(
                io.vertx.mutiny.sqlclient.Pool.newInstance(pool),
                // Of a pool without a server, so that the statements of the test open all connections to it.
                new FirstConnection(vertx, pool(vertx, nowhere())),
                settings,
                meters);
    }

    private static PgConnectOptions nowhere() {
        return new PgConnectOptions().setHost("127.0.0.1").setPort(1);
    }

    private static Pool pool(Vertx vertx, PgConnectOptions server) {
        return PgBuilder.pool()
                .with(new PoolOptions().setMaxSize(1))
                .connectingTo(server)
                .using(vertx)
                .build();
    }
}
