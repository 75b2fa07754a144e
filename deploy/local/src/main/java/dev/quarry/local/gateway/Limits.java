package dev.quarry.local.gateway;

import java.time.Duration;

/**
 * The gateway's limits.
 *
 * @param bodyBytes the largest request body; a larger one is a 413
 * @param connect how long a service may take to accept a connection; then the answer is a 502
 * @param answer how long a service may take to begin its answer; then the answer is a 504. An answer that has begun may
 *     take any time, like a stream of events.
 */
public record Limits(long bodyBytes, Duration connect, Duration answer) {

    public static final Limits DEFAULT = new Limits(10L * 1024 * 1024, Duration.ofSeconds(2), Duration.ofSeconds(30));
}
