package dev.quarry.postgres;

import io.quarkus.credentials.CredentialsProvider;
import io.quarkus.credentials.runtime.CredentialsProviderFinder;
import io.quarkus.reactive.datasource.runtime.ConnectOptionsSupplier;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.core.Future;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Makes the pool as Quarkus does, from {@code quarkus.datasource.*}. It keeps the connection options, so that
 * connections outside the pool have them too: addresses, TLS, user, password or credentials provider.
 */
@Singleton
class PoolCreator implements PgPoolCreator {
    private final Optional<String> credentialsProvider;
    private final Optional<String> credentialsProviderName;
    private volatile Supplier<Future<PgConnectOptions>> connectOptions =
            () -> Future.failedFuture(new IllegalStateException("The pool is not made yet"));

    PoolCreator(
            @ConfigProperty(name = "quarkus.datasource.credentials-provider") Optional<String> credentialsProvider,
            @ConfigProperty(name = "quarkus.datasource.credentials-provider-name")
                    Optional<String> credentialsProviderName) {
        this.credentialsProvider = credentialsProvider;
        this.credentialsProviderName = credentialsProviderName;
    }

    @Override
    public Pool create(Input input) {
        connectOptions = connectOptions(input.pgConnectOptionsList());
        // The timeout of Postgres covers the wait for a connection. The pool's own timer is off, because Vert.x 4.5
        // does not stop it when no connection can be opened, and later logs an error for each such statement.
        input.poolOptions().setConnectionTimeout(0);
        return PgBuilder.pool()
                .with(input.poolOptions())
                .connectingTo(() -> connectOptions.get().map(options -> (SqlConnectOptions) options))
                .using(input.vertx())
                .build();
    }

    /** Options for one more connection, with the current credentials. Fails before the pool is made. */
    Future<PgConnectOptions> connectOptions() {
        return connectOptions.get();
    }

    private Supplier<Future<PgConnectOptions>> connectOptions(List<PgConnectOptions> servers) {
        if (credentialsProvider.isPresent()) {
            CredentialsProvider provider = CredentialsProviderFinder.find(credentialsProviderName.orElse(null));
            return new ConnectOptionsSupplier<>(provider, credentialsProvider.get(), servers, PgConnectOptions::new);
        }
        AtomicInteger next = new AtomicInteger();
        return () -> Future.succeededFuture(servers.get(Math.floorMod(next.getAndIncrement(), servers.size())));
    }
}
