package dev.quarry.integrations;

import io.quarkus.runtime.annotations.RegisterForReflection;

/**
 * A panel's row beside its counterpart of the previous window.
 *
 * @param current null where the group has no invocations any more
 * @param previous null where the group had none yet, or the previous window has no bucket in this place
 */
@RegisterForReflection
public record Compared<R>(R current, R previous) {}
