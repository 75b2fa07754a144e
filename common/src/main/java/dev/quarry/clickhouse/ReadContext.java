package dev.quarry.clickhouse;

import java.util.function.LongConsumer;

/**
 * The work that a read is part of, such as a request.
 *
 * @param requestId the request id, as in log lines; empty without a request
 * @param route the request's method and path; empty without a request
 * @param timing receives how long each read took, in nanoseconds
 * @param hasPlace whether the request has a place in the queue before the engine already
 * @param client the departure of the client, which ends the read
 */
public record ReadContext(String requestId, String route, LongConsumer timing, boolean hasPlace, Departure client) {
    /** The context of a read that no request waits for. */
    public static final ReadContext NONE = new ReadContext("", "", nanos -> {}, false, Departure.NEVER);

    /** Finds the context of the calling thread. */
    @FunctionalInterface
    public interface Source {
        /** {@link #NONE} if there is no request. */
        ReadContext current();
    }
}
