package dev.quarry.local.gateway;

import java.time.Duration;

/**
 * What the gateway bears with before it answers by itself.
 *
 * @param bodyBytes the largest request body; a larger one is 413
 * @param connect how long a service may take to accept a connection; beyond it 502
 * @param answer how long a service may take to begin its answer; beyond it 504. An answer that has begun may take any
 *     time, as a stream of events does.
 */
public record Limits(long bodyBytes, Duration connect, Duration answer) {

    public static final Limits DEFAULT = new Limits(10L * 1024 * 1024, Duration.ofSeconds(2), Duration.ofSeconds(30));
}
