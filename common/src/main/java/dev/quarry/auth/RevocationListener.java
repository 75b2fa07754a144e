package dev.quarry.auth;

import dev.quarry.postgres.NotificationListener;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Listens to PostgreSQL for changes of keys, sessions and memberships, so that a revocation takes effect in every
 * replica at once instead of when a cache entry expires. While it is disconnected or the connection hangs,
 * {@link CredentialStore} looks up each credential.
 */
@ApplicationScoped
class RevocationListener implements NotificationListener {
    private final CredentialStore credentials;

    RevocationListener(CredentialStore credentials) {
        this.credentials = credentials;
    }

    @Override
    public String channel() {
        return "quarry_credentials";
    }

    /** The payload is the hash of a changed key or session token, or {@code *} if many may have changed. */
    @Override
    public void notified(String payload) {
        if (payload.equals("*")) {
            credentials.forgetAll();
        } else {
            credentials.forget(payload);
        }
    }

    @Override
    public void connected(boolean connected) {
        credentials.hearingRevocations(connected);
    }

    @Override
    public void heard(long nanos) {
        credentials.heardRevocationsUntil(nanos);
    }
}
