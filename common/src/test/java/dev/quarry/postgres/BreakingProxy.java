package dev.quarry.postgres;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a server of this machine and closes the first connections without an answer. */
final class BreakingProxy implements AutoCloseable {
    private final NetClient client;
    private final NetServer listener;
    private final AtomicInteger accepted = new AtomicInteger();

    BreakingProxy(Vertx vertx, int server, int broken) {
        this.client = vertx.createNetClient();
        this.listener = join(vertx.createNetServer()
                .connectHandler(socket -> {
                    if (accepted.incrementAndGet() <= broken) {
                        socket.close();
                    } else {
                        forward(socket, server);
                    }
                })
                .listen(0, "127.0.0.1"));
    }

    int port() {
        return listener.actualPort();
    }

    int accepted() {
        return accepted.get();
    }

    @Override
    public void close() {
        join(listener.close());
        join(client.close());
    }

    private void forward(NetSocket socket, int server) {
        socket.pause();
        client.connect(server, "127.0.0.1").onSuccess(other -> {
            socket.pipeTo(other);
            other.pipeTo(socket);
        });
    }

    private static <T> T join(Future<T> future) {
        return future.toCompletionStage().toCompletableFuture().join();
    }
}
