package dev.quarry.auth;

import dev.quarry.caller.Caller;
import java.time.Instant;

/**
 * What PostgreSQL knows of a key or session.
 *
 * @param caller who it stands for, or null for a session whose user is no member of the organisation asked for
 * @param expiresAt the first moment at which it is no longer good, or {@link Instant#MAX}
 */
record Credential(Secret stored, Caller caller, Instant expiresAt) {

    boolean isGood(Secret offered, Instant now) {
        return stored.matches(offered) && now.isBefore(expiresAt);
    }
}
