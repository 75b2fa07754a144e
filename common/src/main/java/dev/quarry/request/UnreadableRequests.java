package dev.quarry.request;

import io.netty.bootstrap.ChannelInitializerExtension;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * Passes requests that Netty cannot decode, such as one with a tab in its URL, on to {@link RequestGate}, which refuses
 * them in the family's format. Vert.x would answer with a status alone, and Quarkus cannot replace Vert.x's handler of
 * such requests.
 *
 * <p>Netty loads this class as a service if the system property {@code io.netty.bootstrap.extensions} is {@code
 * serviceload}, which {@link dev.quarry.start.Main} sets. It is not loaded in tests that do not start the packaged
 * service.
 */
public final class UnreadableRequests extends ChannelInitializerExtension {
    @Override
    public void postInitializeServerChildChannel(Channel channel) {
        // An initializer runs after that of Vert.x.
        channel.pipeline().addLast(new ChannelInitializer<Channel>() {
            @Override
            protected void initChannel(Channel initialized) {
                if (!follow(initialized.pipeline())) {
                    initialized.pipeline().addLast(new FirstRead());
                }
            }
        });
    }

    /** Adds the handler behind the decoder. Returns false if there is no decoder of HTTP/1. */
    private static boolean follow(ChannelPipeline pipeline) {
        ChannelHandlerContext decoder = pipeline.context(HttpRequestDecoder.class);
        if (decoder == null) {
            return false;
        }
        pipeline.addAfter(decoder.name(), null, new Handler());
        return true;
    }

    /** Vert.x adds its decoder, behind this handler, once it knows the version of HTTP. */
    private static final class FirstRead extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            follow(context.pipeline());
            context.pipeline().remove(this);
            context.fireChannelRead(bytes);
        }
    }

    /** Replaces a request that was not decoded by one that Vert.x routes, and that has the cause. */
    private static final class Handler extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (message instanceof HttpRequest request
                    && request.decoderResult().isFailure()) {
                var routed = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/");
                routed.headers()
                        .set(HttpHeaderNames.HOST, "unreadable")
                        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
                routed.setDecoderResult(new Unreadable(request.decoderResult().cause()));
                ReferenceCountUtil.release(message);
                context.fireChannelRead(routed);
                context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
            } else {
                context.fireChannelRead(message);
            }
        }
    }

    /** A success for Vert.x, but with a cause. */
    private static final class Unreadable extends DecoderResult {
        private final Throwable cause;

        Unreadable(Throwable cause) {
            super(cause);
            this.cause = cause;
        }

        @Override
        public boolean isSuccess() {
            return true;
        }

        @Override
        public boolean isFailure() {
            return false;
        }

        @Override
        public Throwable cause() {
            return cause;
        }
    }
}
