package dev.quarry.postgres;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.quarkus.credentials.CredentialsProvider;
import io.quarkus.credentials.runtime.CredentialsProviderFinder;
import io.quarkus.reactive.datasource.runtime.ConnectOptionsSupplier;
import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.core.Future;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.impl.SocketConnectionBase;
import io.vertx.sqlclient.impl.SqlConnectionInternal;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Makes the pool as Quarkus does, from {@code quarkus.datasource.*}. It keeps the connection options, so that
 * connections outside the pool have them too: addresses, TLS, user, password or credentials provider.
 */
@Singleton
class PoolCreator implements PgPoolCreator {
    /**
     * A machine that has vanished does not refuse a connection. An attempt to connect holds a place of the pool; Vert.x
     * would give up after a minute.
     */
    private static final Duration CONNECTING = Duration.ofSeconds(5);

    /** The pool's open connections. A connection that ends leaves the group. */
    private final ChannelGroup open = new DefaultChannelGroup(ImmediateEventExecutor.INSTANCE);

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
        List<PgConnectOptions> servers = input.pgConnectOptionsList();
        servers.forEach(server -> server.setConnectTimeout(Math.toIntExact(CONNECTING.toMillis())));
        connectOptions = connectOptions(servers);
        // The timeout of Postgres covers the wait for a connection. The pool's own timer is off, because Vert.x 4.5
        // does not stop it when no connection can be opened, and later logs an error for each such statement.
        input.poolOptions().setConnectionTimeout(0);
        return PgBuilder.pool()
                .with(input.poolOptions())
                .connectingTo(() -> connectOptions.get().map(options -> (SqlConnectOptions) options))
                .withConnectHandler(this::opened)
                .using(input.vertx())
                .build();
    }

    /** The connections of the pool that are open now, those that hang included. */
    Set<Channel> open() {
        return Set.copyOf(open);
    }

    /** Closes a connection at once. Handlers that would first send what is queued are bypassed: it may never be sent. */
    static void breakOff(Channel connection) {
        ChannelHandlerContext lowest = connection.pipeline().firstContext();
        // A closed connection has no handler.
        if (lowest != null) {
            var _ = lowest.close();
        }
    }

    /**
     * Remembers the connection's channel: Vert.x itself closes a connection of the pool only after it has answered.
     * Closing what the pool passes here gives it to the pool.
     */
    private void opened(SqlConnection connection) {
        var client = (SocketConnectionBase)
                ((SqlConnectionInternal) connection).unwrap().unwrap();
        open.add(client.socket().channelHandlerContext().channel());
        connection.close();
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
