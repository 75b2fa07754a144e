package dev.quarry.engine;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Writes a response's body on a thread that may block: a write waits until the client has received the one before. */
final class ResponseBody extends OutputStream {
    private static final int CHUNK = 1 << 16;

    private final HttpServerResponse response;
    /** Completed when the client disconnects. */
    private final CompletableFuture<Void> gone;

    private Buffer pending = Buffer.buffer();

    ResponseBody(HttpServerResponse response, CompletableFuture<Void> gone) {
        this.response = response;
        this.gone = gone;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        pending.appendBytes(source, offset, length);
        if (pending.length() >= CHUNK) {
            Buffer full = pending;
            pending = Buffer.buffer();
            await(response.write(full));
        }
    }

    /** Sends the last bytes. This is not {@link #close}, because the query must free its place first. */
    void end() throws IOException {
        await(response.end(pending));
    }

    private void await(Future<Void> written) throws IOException {
        try {
            CompletableFuture.anyOf(written.toCompletionStage().toCompletableFuture(), gone)
                    .get();
        } catch (ExecutionException broken) {
            throw new ClientGoneException(broken.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new ClientGoneException(interrupted);
        }
        if (gone.isDone()) {
            throw new ClientGoneException(null);
        }
    }
}
