package dev.quarry.clickhouse;

import java.util.function.Supplier;
import org.apache.hc.client5.http.classic.methods.HttpPost;

/**
 * A request to the engine that another thread may abort, from the wait for a connection to the last byte of the answer.
 * Aborting closes the connection, whereupon the engine cancels the query.
 */
final class AbortableRequest {
    private static final ScopedValue<AbortableRequest> CURRENT = ScopedValue.newInstance();

    private HttpPost post;
    private boolean isAborted;

    /** Sends one request, which {@link #abort} aborts. */
    <T> T send(Supplier<T> request) {
        return ScopedValue.where(CURRENT, this).call(request::get);
    }

    /** Names the calling thread's HTTP request. */
    static void begin(HttpPost post) {
        if (CURRENT.isBound()) {
            CURRENT.get().set(post);
        }
    }

    private synchronized void set(HttpPost begun) {
        post = begun;
        if (isAborted) {
            var _ = post.cancel();
        }
    }

    synchronized void abort() {
        isAborted = true;
        if (post != null) {
            var _ = post.cancel();
        }
    }
}
