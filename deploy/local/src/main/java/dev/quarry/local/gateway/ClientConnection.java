package dev.quarry.local.gateway;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/**
 * The connection of a client. It is closed if the client sends the headers of its first request too slowly, or no
 * further request for too long. Its methods run on its event loop.
 */
final class ClientConnection {
    /** As in the gateway of deployments. */
    private static final Duration IDLE = Duration.ofSeconds(65);

    private final Vertx vertx;
    private final HttpConnection connection;
    private long timer;
    private int requests;
    private boolean refused;

    ClientConnection(Vertx vertx, HttpConnection connection, Duration headers) {
        this.vertx = vertx;
        this.connection = connection;
        closeAfter(headers);
    }

    /** Begins a request. Returns false, and closes the connection, if an earlier request was refused. */
    boolean begin(HttpServerRequest request) {
        if (refused) {
            connection.close();
            return false;
        }
        vertx.cancelTimer(timer);
        requests++;
        request.response().bodyEndHandler(ended -> end());
        return true;
    }

    /** Refuses all further requests: their bytes may belong to the body of this one. */
    void refuse() {
        refused = true;
    }

    void closed() {
        vertx.cancelTimer(timer);
    }

    private void end() {
        requests--;
        if (requests == 0) {
            closeAfter(IDLE);
        }
    }

    private void closeAfter(Duration time) {
        timer = vertx.setTimer(time.toMillis(), late -> connection.close());
    }
}
