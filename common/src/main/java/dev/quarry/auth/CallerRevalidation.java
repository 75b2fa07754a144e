package dev.quarry.auth;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;

/**
 * Whether who was admitted would be admitted again, for answers that go on for minutes. PostgreSQL is asked once at first
 * and then only when some credential has changed, so that to ask again and again costs nothing.
 */
@ApplicationScoped
public class CallerRevalidation {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);

    private static final String GOOD_KEY = """
            SELECT FROM api_keys
            WHERE key_id = $1 AND organization_id = $2 AND permissions @> $3
              AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $4)
            """;

    private static final String GOOD_SESSION = """
            SELECT FROM sessions JOIN members USING (user_id)
            WHERE session_id = $1 AND members.organization_id = $2 AND permissions @> $3
              AND revoked_at IS NULL AND expires_at > $4
            """;

    private final Pool postgres;
    private final CredentialStore credentials;
    private final Duration lookupTimeout;
    private final Clock clock;

    CallerRevalidation(Pool postgres, CredentialStore credentials, AuthConfiguration configuration, Clock clock) {
        this.postgres = postgres;
        this.credentials = credentials;
        this.lookupTimeout = configuration.lookupTimeout();
        this.clock = clock;
    }

    /** Watches over a caller from now on; for one thread. */
    public Watch watch(Caller caller) {
        return new Watch(caller);
    }

    /** One caller's standing. */
    public final class Watch {
        private final Caller caller;
        /** Older than any, so that a change between admission and here is not missed. */
        private long checkedAt = -1;

        private Watch(Caller caller) {
            this.caller = caller;
        }

        /**
         * False once the credential is revoked, deleted, or has lost a permission; an expiry shows with the next change.
         *
         * @throws FailureException with {@link Failure.Unreachable} when that cannot be found out
         */
        public boolean holds() {
            long changes = credentials.changes();
            if (changes == checkedAt) {
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
        String sql = switch (caller.mechanism()) {
            case API_KEY, BEARER -> GOOD_KEY;
            case SESSION -> GOOD_SESSION;
        };
        Tuple parameters = Tuple.of(
                caller.credentialId(),
                caller.organization(),
                caller.permissions().toArray(String[]::new),
                clock.instant().atOffset(ZoneOffset.UTC));
        try {
            return postgres.preparedQuery(sql)
                            .execute(parameters)
                            .await()
                            .atMost(lookupTimeout)
                            .size()
                    > 0;
        } catch (RuntimeException failed) {
            throw new FailureException(new Failure.Unreachable(RETRY_AFTER), failed);
        }
    }
}
