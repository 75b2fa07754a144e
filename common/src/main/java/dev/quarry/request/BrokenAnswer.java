package dev.quarry.request;

import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import io.vertx.ext.web.RoutingContext;

/** Aborts an answer whose status has been sent, so that no client takes a part of the answer for the whole. */
public final class BrokenAnswer {
    private BrokenAnswer() {}

    /**
     * Resets the stream of HTTP/2, and closes the connection of HTTP/1. The close starts below Vert.x's own handler. That
     * handler would first send the queued bytes: a client that does not read would keep it waiting, and the answer could
     * end properly in the meantime.
     */
    public static void breakOff(RoutingContext context) {
        HttpServerRequest request = context.request();
        if (request.version() == HttpVersion.HTTP_2) {
            request.response().reset();
        } else {
            ChannelHandlerContext lowest =
                    ((ConnectionBase) request.connection()).channel().pipeline().firstContext();
            // A connection that is closed has none.
            if (lowest != null) {
                var _ = lowest.close();
            }
        }
    }
}
