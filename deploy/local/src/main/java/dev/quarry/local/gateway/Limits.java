package dev.quarry.local.gateway;

import java.time.Duration;

/**
 * The gateway's limits.
 *
 * @param bodyBytes the largest request body; a larger one is a 413
 * @param connect how long a service may take to accept a connection; then the answer is a 502
 * @param answer how long a service may take to begin its answer; then the answer is a 504. An answer that has begun may
 *     take any time, like a stream of events.
 * @param headers how long a client may take to send the headers of its first request; then its connection is closed
 */
public record Limits(long bodyBytes, Duration connect, Duration answer, Duration headers) {

    /** As in the gateway of deployments. Services refuse larger bodies too. */
    public static final Limits DEFAULT =
            new Limits(64 * 1024, Duration.ofSeconds(2), Duration.ofMinutes(2), Duration.ofSeconds(10));
}
