package dev.quarry.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.pgclient.PgConnectOptions;
import java.net.URI;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Stands before PostgreSQL, and cuts it off when a test says so. */
public final class CuttableProxy implements AutoCloseable {
    private final URI server;
    private final NetClient client;
    private final NetServer listener;
    private final Set<NetSocket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean isCut;

    /** @param server as in {@code quarkus.datasource.reactive.url} */
    public CuttableProxy(Vertx vertx, String server) {
        this.server = URI.create(server);
        this.client = vertx.createNetClient();
        this.listener =
                join(vertx.createNetServer().connectHandler(this::accept).listen(0, "127.0.0.1"));
    }

    /** Statements through the proxy. */
    public Postgres postgres(Vertx vertx) {
        PgConnectOptions options = new PgConnectOptions()
                .setHost("127.0.0.1")
                .setPort(listener.actualPort())
                .setDatabase(server.getPath().substring(1))
                .setUser("postgres")
                .setPassword("postgres");
        return TestPostgres.door(vertx, options, new TestPostgres.Settings());
    }

    /** Closes all connections, and refuses new ones until {@link #mend}. */
    public void cut() {
        isCut = true;
        open.forEach(NetSocket::close);
    }

    public void mend() {
        isCut = false;
    }

    @Override
    public void close() {
        join(listener.close());
        join(client.close());
    }

    private void accept(NetSocket socket) {
        if (isCut) {
            socket.close();
            return;
        }
        open.add(socket);
        socket.closeHandler(closed -> open.remove(socket));
        socket.pause();
        client.connect(server.getPort(), server.getHost()).onSuccess(other -> {
            socket.pipeTo(other);
            other.pipeTo(socket);
        });
    }

    private static <T> T join(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
