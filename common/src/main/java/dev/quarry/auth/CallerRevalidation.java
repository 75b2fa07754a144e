package dev.quarry.auth;

import dev.quarry.caller.Caller;
import dev.quarry.error.FailureException;
import dev.quarry.postgres.Postgres;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.ZoneOffset;

/**
 * Checks again whether a caller's credential is still valid, for answers that take minutes. The first
 * check queries PostgreSQL. Later ones do so only if a credential has changed since, or while this replica does not
 * receive revocations, so that frequent checks cost nothing.
 */
@ApplicationScoped
public class CallerRevalidation {
    private static final String GOOD_KEY = """
            SELECT FROM api_keys
            WHERE organization_id = $1 AND key_id = $2 AND permissions @> $3
              AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $4)
            """;

    private static final String GOOD_SESSION = """
            SELECT FROM sessions JOIN members USING (user_id)
            WHERE members.organization_id = $1 AND session_id = $2 AND permissions @> $3
              AND (permission_limit IS NULL OR permission_limit @> $3)
              AND revoked_at IS NULL AND expires_at > $4
            """;

    private final Postgres postgres;
    private final CredentialStore credentials;
    private final Clock clock;

    CallerRevalidation(Postgres postgres, CredentialStore credentials, Clock clock) {
        this.postgres = postgres;
        this.credentials = credentials;
        this.clock = clock;
    }

    /** Watches a caller from now on. For one thread. */
    public Watch watch(Caller caller) {
        return new Watch(caller);
    }

    /** Checks the credential of one caller. */
    public final class Watch {
        private final Caller caller;
        /**
         * Smaller than any count of changes, so the first check always queries: a change may have come after
         * authentication.
         */
        private long checkedAt = -1;

        private Watch(Caller caller) {
            this.caller = caller;
        }

        /**
         * Returns false once the credential is revoked or deleted, or has lost a permission. An expiry is noticed at
         * the next change of any credential.
         *
         * @throws FailureException if PostgreSQL does not answer
         */
        public boolean holds() {
            long changes = credentials.changes();
            if (changes == checkedAt && credentials.hearsRevocations()) {
                return true;
            }
            boolean good = isGood(caller);
            if (good) {
                checkedAt = changes;
            }
            return good;
        }
    }

    private boolean isGood(Caller caller) {
        Object[] parameters = {
            caller.credentialId(),
            caller.permissions().toArray(String[]::new),
            clock.instant().atOffset(ZoneOffset.UTC)
        };
        var good = switch (caller.mechanism()) {
            case API_KEY, BEARER -> postgres.list(caller, GOOD_KEY, row -> true, parameters);
            case SESSION -> postgres.list(caller, GOOD_SESSION, row -> true, parameters);
        };
        return !good.isEmpty();
    }
}
