package dev.quarry.auth;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.ratelimit.RateLimit;
import dev.quarry.request.RequestContext;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.identity.IdentityProviderManager;
import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.security.identity.request.AuthenticationRequest;
import io.quarkus.security.runtime.QuarkusSecurityIdentity;
import io.quarkus.vertx.http.runtime.security.ChallengeData;
import io.quarkus.vertx.http.runtime.security.HttpAuthenticationMechanism;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Set;

/**
 * Turns the headers of a request into a {@link Caller}. It uses only the configured mechanisms. The first one that is
 * present decides: a bad key is refused even if the request also has a valid session.
 */
@ApplicationScoped
class Authentication implements HttpAuthenticationMechanism {
    private static final String BEARER = "Bearer ";
    /** Maximum length of a key or token. Longer ones are refused without hashing them. */
    private static final int MAX_SECRET_LENGTH = 512;

    private final Set<Mechanism> mechanisms;
    private final CredentialStore credentials;
    private final RateLimit rateLimit;

    Authentication(AuthConfiguration configuration, CredentialStore credentials, RateLimit rateLimit) {
        this.mechanisms = configuration.mechanisms().orElse(Set.of());
        this.credentials = credentials;
        this.rateLimit = rateLimit;
    }

    @Override
    public Uni<SecurityIdentity> authenticate(RoutingContext context, IdentityProviderManager providers) {
        return find(context)
                .onItem()
                .ifNotNull()
                .invoke(caller ->
                        RequestContext.of(context).authenticated(caller.organization(), caller.credentialId()))
                .onItem()
                .ifNotNull()
                .call(caller -> rateLimit.admit(caller.credentialId(), context))
                .map(caller -> caller == null ? null : identityOf(caller));
    }

    private Uni<Caller> find(RoutingContext context) {
        var headers = context.request().headers();
        String apiKey = headers.get("x-api-key");
        if (apiKey != null && mechanisms.contains(Mechanism.API_KEY)) {
            return byKey(apiKey, Mechanism.API_KEY);
        }
        String authorization = headers.get("Authorization");
        if (authorization != null && mechanisms.contains(Mechanism.BEARER)) {
            return authorization.regionMatches(true, 0, BEARER, 0, BEARER.length())
                    ? byKey(authorization.substring(BEARER.length()).strip(), Mechanism.BEARER)
                    : denied();
        }
        String token = headers.get("x-session-token");
        if (token != null && mechanisms.contains(Mechanism.SESSION)) {
            return bySession(token, headers.get("x-organization-id"));
        }
        return Uni.createFrom().nullItem();
    }

    private Uni<Caller> byKey(String key, Mechanism mechanism) {
        return isPlausible(key) ? credentials.byKey(key, mechanism) : denied();
    }

    private Uni<Caller> bySession(String token, String organization) {
        return isPlausible(token) && organization != null && Caller.isOrganizationId(organization)
                ? credentials.bySession(token, organization)
                : denied();
    }

    private static boolean isPlausible(String secret) {
        return !secret.isEmpty() && secret.length() <= MAX_SECRET_LENGTH;
    }

    private static <T> Uni<T> denied() {
        return Uni.createFrom().failure(new AuthenticationFailedException());
    }

    private static SecurityIdentity identityOf(Caller caller) {
        return QuarkusSecurityIdentity.builder()
                .setPrincipal(caller)
                .addPermissionsAsString(caller.permissions())
                .build();
    }

    @Override
    public Uni<ChallengeData> getChallenge(RoutingContext context) {
        String challenge = mechanisms.contains(Mechanism.BEARER) ? "Bearer" : null;
        return Uni.createFrom().item(new ChallengeData(401, challenge == null ? null : "WWW-Authenticate", challenge));
    }

    /** Empty: this class looks up the secret itself instead of passing it to an identity provider. */
    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of();
    }
}
