package dev.quarry.integrations;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A panel's row and its counterpart in the previous window.
 *
 * @param current null if the group has no invocations in this window
 * @param previous null if the group has no invocations in the previous window, or the previous window has no bucket in
 *     this place
 */
@RegisterForReflection
public record Compared<R>(R current, R previous) {}
