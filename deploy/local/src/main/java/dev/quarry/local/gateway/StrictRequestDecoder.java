package dev.quarry.local.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.impl.VertxHttpRequestDecoder;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Refuses a request with both {@code Content-Length} and {@code Transfer-Encoding}, as nginx does. Netty's own decoder
 * removes the length, so that nobody can see it afterwards. It also keeps the beginning of a path whose line it cannot
 * read, because the path tells the family.
 */
final class StrictRequestDecoder extends VertxHttpRequestDecoder {
    private static final String NAME = "httpDecoder";
    /** Bytes: longer than a method and the prefix of a family. */
    private static final int LONGEST_BEGINNING = 64;

    private static final Pattern REQUEST_LINE = Pattern.compile("^[A-Z]+ (/[^ ?]*)");

    /** Of the bytes that are decoded next. They begin with a request line, unless a request was begun. */
    private String beginning = "";

    private StrictRequestDecoder(HttpServerOptions options) {
        super(options);
    }

    /** Replaces the decoder of a new connection. */
    static void installIn(HttpConnection connection, HttpServerOptions options) {
        ((ConnectionBase) connection).channel().pipeline().replace(NAME, NAME, new StrictRequestDecoder(options));
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf bytes, List<Object> decoded) throws Exception {
        beginning = bytes.toString(
                bytes.readerIndex(), Math.min(bytes.readableBytes(), LONGEST_BEGINNING), StandardCharsets.ISO_8859_1);
        super.decode(context, bytes, decoded);
    }

    /** For a request whose line is unreadable. */
    @Override
    protected HttpMessage createInvalidMessage() {
        Matcher line = REQUEST_LINE.matcher(beginning);
        return line.find()
                ? new DefaultFullHttpRequest(HttpVersion.HTTP_1_0, HttpMethod.GET, line.group(1))
                : super.createInvalidMessage();
    }

    @Override
    protected void handleTransferEncodingChunkedWithContentLength(HttpMessage message) {
        throw new IllegalArgumentException("The request has both Content-Length and Transfer-Encoding");
    }
}
