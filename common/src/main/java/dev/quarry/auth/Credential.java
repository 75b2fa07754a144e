package dev.quarry.auth;

import dev.quarry.caller.Caller;
import java.time.Instant;

/**
 * A key or session, as PostgreSQL stores it.
 *
 * @param caller null for a session whose user is not a member of the requested organisation
 * @param expiresAt the first moment at which the credential is no longer valid, or {@link Instant#MAX}
 */
record Credential(Secret stored, Caller caller, Instant expiresAt) {

    boolean isGood(Secret offered, Instant now) {
        return stored.matches(offered) && now.isBefore(expiresAt);
    }
}
