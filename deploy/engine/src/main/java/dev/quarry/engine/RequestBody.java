package dev.quarry.engine;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Reads a request's body on a thread that may block. Only a few network reads are in memory: the next one is requested
 * when one has been consumed, so a slow engine slows its client down.
 */
final class RequestBody extends InputStream {
    private static final int READ_AHEAD = 4;
    /** ClickHouse's {@code receive_timeout}. */
    private static final int TIMEOUT_SECONDS = 300;

    private final HttpServerRequest request;
    private final BlockingQueue<Part> parts = new LinkedBlockingQueue<>();
    private Buffer current = Buffer.buffer();
    private int position;
    private boolean ended;
    private volatile boolean discarded;

    /** Call this on the event loop, before the request's handler returns. */
    RequestBody(HttpServerRequest request) {
        this.request = request;
        request.pause();
        request.handler(data -> {
            if (!discarded) {
                parts.add(new Data(data));
            }
        });
        request.endHandler(ignored -> parts.add(new End()));
        request.exceptionHandler(failure -> parts.add(new Failed(failure)));
        request.fetch(READ_AHEAD);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (position == current.length()) {
            if (!next()) {
                return -1;
            }
        }
        int count = Math.min(length, current.length() - position);
        current.getBytes(position, position + count, target, offset);
        position += count;
        return count;
    }

    private boolean next() throws IOException {
        if (ended) {
            return false;
        }
        switch (take()) {
            case Data(Buffer data) -> {
                current = data;
                position = 0;
                request.fetch(1);
            }
            case End() -> ended = true;
            case Failed(Throwable cause) -> {
                // A further read fails too.
                parts.add(new Failed(cause));
                throw new ClientGoneException(cause);
            }
        }
        return !ended;
    }

    private Part take() throws IOException {
        try {
            Part part = parts.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            if (part == null) {
                throw new EngineException(
                        ErrorCode.SOCKET_TIMEOUT,
                        "No data of the request's body arrived for " + TIMEOUT_SECONDS + " s");
            }
            return part;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ClientGoneException(interrupted);
        }
    }

    /** Skips the rest of the body, so that the connection can be used again. */
    void discard() {
        discarded = true;
        request.resume();
    }

    private sealed interface Part {}

    private record Data(Buffer bytes) implements Part {}

    private record End() implements Part {}

    private record Failed(Throwable cause) implements Part {}
}
