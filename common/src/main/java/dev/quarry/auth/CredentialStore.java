package dev.quarry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.postgres.ChangesHeard;
import dev.quarry.postgres.Postgres;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.quarkus.security.AuthenticationFailedException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Finds the caller that a secret belongs to. Valid credentials are cached for a short time, but only while
 * {@link RevocationListener} receives revocations. If PostgreSQL does not answer, credentials that were valid a moment
 * ago are trusted for {@link AuthConfiguration#grace}. Secrets that belong to nobody are remembered for a second, so a
 * new key works at once unless somebody tried it before it existed. {@link FailedLookUps} limits how many of them one
 * address may try; the limit does not concern credentials that were valid a moment ago.
 */
@ApplicationScoped
@Startup
class CredentialStore {
    private static final String API_KEY = """
            SELECT key_id, organization_id, permissions, key_sha256, expires_at
            FROM api_keys
            WHERE key_sha256 = $1 AND revoked_at IS NULL
            """;

    private static final String SESSION = """
            SELECT session_id, members.organization_id, token_sha256, expires_at, ARRAY(
                SELECT permission FROM unnest(members.permissions) AS permission
                WHERE permission_limit IS NULL OR permission = ANY (permission_limit)
            ) AS permissions
            FROM sessions
            LEFT JOIN members ON members.user_id = sessions.user_id AND members.organization_id = $2
            WHERE token_sha256 = $1 AND revoked_at IS NULL
            """;

    private static final Duration UNKNOWN_FOR = Duration.ofSeconds(1);
    private static final Duration KNOWN_GOOD_EVERY = Duration.ofSeconds(1);

    private final Postgres postgres;
    private final Clock clock;
    private final FailedLookUps failedLookUps;
    private final Cache<CacheKey, Credential> remembered;
    private final Cache<CacheKey, Boolean> unknown;
    /** Credentials, and when they were last known to be valid. Used only while PostgreSQL does not answer. */
    private final Cache<CacheKey, KnownGood> knownGood;

    private final Duration grace;
    private final Counter hits;
    private final Counter misses;
    private final Counter failures;
    private final Counter graces;
    private final ChangesHeard changes = new ChangesHeard();

    private record CacheKey(String sha256, Mechanism mechanism, String organization) {}

    private record KnownGood(Credential credential, Instant at) {}

    CredentialStore(
            Postgres postgres,
            Clock clock,
            FailedLookUps failedLookUps,
            AuthConfiguration configuration,
            MeterRegistry meters) {
        this.postgres = postgres;
        this.clock = clock;
        this.failedLookUps = failedLookUps;
        this.remembered = Caffeine.newBuilder()
                .maximumSize(configuration.cacheSize())
                .expireAfterWrite(configuration.cacheTime())
                .build();
        this.unknown = Caffeine.newBuilder()
                .maximumSize(configuration.cacheSize())
                .expireAfterWrite(UNKNOWN_FOR)
                .build();
        this.grace = configuration.grace();
        this.knownGood = Caffeine.newBuilder()
                .maximumSize(configuration.cacheSize())
                .expireAfterWrite(grace)
                .build();
        this.hits = meters.counter("quarry.credential.lookups", "result", "hit");
        this.misses = meters.counter("quarry.credential.lookups", "result", "miss");
        this.failures = meters.counter("quarry.credential.lookups", "result", "failure");
        this.graces = meters.counter("quarry.credential.lookups", "result", "grace");
        meters.gauge("quarry.credential.revocations.heard", this, self -> self.hearsRevocations() ? 1 : 0);
    }

    /**
     * Fails with {@link AuthenticationFailedException} for a key that is unknown, expired or revoked, and with
     * {@link Failure.TooManyRequests} if {@code address} has tried too many of them.
     */
    Uni<Caller> byKey(String key, Mechanism mechanism, Supplier<String> address) {
        Secret secret = Secret.of(key);
        CacheKey cacheKey = new CacheKey(secret.sha256(), mechanism, "");
        return find(
                secret,
                cacheKey,
                address,
                () -> postgres.listAllUni(API_KEY, row -> apiKey(row, mechanism), Buffer.buffer(secret.hash())));
    }

    /**
     * Fails as {@link #byKey} does, and with {@link Failure.Forbidden} for a valid session whose user is not a member
     * of the organisation. The failure is the same if the organisation does not exist.
     */
    Uni<Caller> bySession(String token, String organization, Supplier<String> address) {
        Secret secret = Secret.of(token);
        CacheKey cacheKey = new CacheKey(secret.sha256(), Mechanism.SESSION, organization);
        return find(
                secret,
                cacheKey,
                address,
                () -> postgres.listAllUni(
                        SESSION, CredentialStore::session, Buffer.buffer(secret.hash()), organization));
    }

    /** Sets whether the service receives revocations, and empties the cache. Nothing is cached while it does not. */
    void hearingRevocations(boolean hearing) {
        changes.connected(hearing);
        remembered.invalidateAll();
        if (hearing) {
            // Revocations may have been missed before.
            knownGood.invalidateAll();
        }
    }

    /** Every revocation before this moment of {@link System#nanoTime} has arrived. */
    void heardRevocationsUntil(long nanos) {
        changes.heard(nanos);
    }

    /** Whether revocations arrive in time: see {@link ChangesHeard#isTrusted}. */
    boolean hearsRevocations() {
        return changes.isTrusted();
    }

    void forgetAll() {
        changes.changed();
        remembered.invalidateAll();
        unknown.invalidateAll();
        knownGood.invalidateAll();
    }

    /** Forgets one credential. {@code sha256} is in hexadecimal digits, as {@link Secret#sha256} makes them. */
    void forget(String sha256) {
        changes.changed();
        remembered.asMap().keySet().removeIf(known -> known.sha256().equals(sha256));
        unknown.asMap().keySet().removeIf(known -> known.sha256().equals(sha256));
        knownGood.asMap().keySet().removeIf(known -> known.sha256().equals(sha256));
    }

    /**
     * A count that rises whenever a credential has changed, or may have changed while the listener was disconnected.
     */
    long changes() {
        return changes.count();
    }

    private Uni<Caller> find(
            Secret secret, CacheKey cacheKey, Supplier<String> address, Supplier<Uni<List<Credential>>> lookUp) {
        long before = changes.count();
        Credential known = hearsRevocations() ? remembered.getIfPresent(cacheKey) : null;
        if (known != null) {
            hits.increment();
            rememberGood(cacheKey, known, before);
            return Uni.createFrom().item(() -> admit(known, secret));
        }
        if (unknown.getIfPresent(cacheKey) != null) {
            hits.increment();
            return Uni.createFrom().failure(new AuthenticationFailedException());
        }
        String client = address.get();
        // A key that worked a moment ago is no guess, even if others guess from the same address.
        if (knownGood.getIfPresent(cacheKey) == null && !failedLookUps.mayLookUp(client)) {
            return Uni.createFrom().failure(new FailureException(new Failure.TooManyRequests(FailedLookUps.WINDOW)));
        }
        Uni<Caller> found = lookUp.get()
                .onFailure()
                .invoke(failed -> failures.increment())
                .map(rows -> {
                    misses.increment();
                    if (rows.isEmpty()) {
                        knownGood.invalidate(cacheKey);
                        failedLookUps.failed(client);
                        changes.cache(unknown, cacheKey, true, before);
                        throw new AuthenticationFailedException();
                    }
                    Credential credential = rows.getFirst();
                    Caller caller = admit(credential, secret);
                    changes.cache(knownGood, cacheKey, new KnownGood(credential, clock.instant()), before);
                    if (changes.isConnected()) {
                        changes.cache(remembered, cacheKey, credential, before);
                    }
                    return caller;
                });
        return found.onFailure(CredentialStore::isWithoutAnswer).recoverWithUni(away -> {
            KnownGood last = knownGood.getIfPresent(cacheKey);
            if (last == null || !clock.instant().isBefore(last.at().plus(grace))) {
                return Uni.createFrom().failure(away);
            }
            graces.increment();
            return Uni.createFrom().item(() -> admit(last.credential(), secret));
        });
    }

    /** Renews the entry at most once a second, because every request calls this. */
    private void rememberGood(CacheKey cacheKey, Credential credential, long before) {
        Instant now = clock.instant();
        KnownGood last = knownGood.getIfPresent(cacheKey);
        if (last == null
                || !last.credential().equals(credential)
                || Duration.between(last.at(), now).abs().compareTo(KNOWN_GOOD_EVERY) >= 0) {
            changes.cache(knownGood, cacheKey, new KnownGood(credential, now), before);
        }
    }

    private static boolean isWithoutAnswer(Throwable failed) {
        return failed instanceof FailureException told
                && switch (told.failure()) {
                    case Failure.Unreachable _, Failure.TimedOut _, Failure.Overloaded _ -> true;
                    default -> false;
                };
    }

    private Caller admit(Credential credential, Secret secret) {
        if (!credential.isGood(secret, clock.instant())) {
            throw new AuthenticationFailedException();
        }
        if (credential.caller() == null) {
            throw new FailureException(
                    new Failure.Forbidden("", "The session's user is not a member of the requested organization"));
        }
        return credential.caller();
    }

    private static Credential apiKey(Row row, Mechanism mechanism) {
        var caller = new Caller(
                row.getString("organization_id"),
                Set.of(row.getArrayOfStrings("permissions")),
                mechanism,
                row.getString("key_id"));
        return new Credential(Secret.ofHash(row.getBuffer("key_sha256").getBytes()), caller, expiry(row));
    }

    private static Credential session(Row row) {
        String organization = row.getString("organization_id");
        Caller caller = organization == null
                ? null
                : new Caller(
                        organization,
                        Set.of(row.getArrayOfStrings("permissions")),
                        Mechanism.SESSION,
                        row.getString("session_id"));
        return new Credential(Secret.ofHash(row.getBuffer("token_sha256").getBytes()), caller, expiry(row));
    }

    private static Instant expiry(Row row) {
        OffsetDateTime expiresAt = row.getOffsetDateTime("expires_at");
        return expiresAt == null ? Instant.MAX : expiresAt.toInstant();
    }
}
