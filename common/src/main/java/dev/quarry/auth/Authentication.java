package dev.quarry.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
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
import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Turns the headers of a request into a {@link Caller}. It uses only the configured mechanisms. A request with several
 * credentials is malformed, because gateways and services could choose differently.
 */
@ApplicationScoped
class Authentication implements HttpAuthenticationMechanism {
    private static final String BEARER = "Bearer ";
    /** Maximum length of a key or token. Longer ones are refused without hashing them. */
    private static final int MAX_SECRET_LENGTH = 512;

    private static final String ORGANIZATION_ID = "x-organization-id";
    /** No organisation has this id. */
    private static final String NO_ORGANIZATION = "";

    private final Set<Mechanism> mechanisms;
    private final CredentialStore credentials;
    private final ClientAddress addresses;
    private final RateLimit rateLimit;
    /** To find the identity of a caller is faster than to make it. */
    private final Cache<Caller, SecurityIdentity> identities;

    /** The value of a header that a mechanism uses. */
    private record Credentials(Mechanism mechanism, String value) {}

    Authentication(
            AuthConfiguration configuration,
            CredentialStore credentials,
            ClientAddress addresses,
            RateLimit rateLimit) {
        this.mechanisms = configuration.mechanisms().orElse(Set.of());
        this.credentials = credentials;
        this.addresses = addresses;
        this.rateLimit = rateLimit;
        this.identities =
                Caffeine.newBuilder().maximumSize(configuration.cacheSize()).build();
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
                .map(caller -> caller == null ? null : identities.get(caller, Authentication::identityOf));
    }

    private Uni<Caller> find(RoutingContext context) {
        MultiMap headers = context.request().headers();
        List<Credentials> sent = new ArrayList<>();
        for (Mechanism mechanism : mechanisms) {
            for (String value : headers.getAll(mechanism.header())) {
                sent.add(new Credentials(mechanism, value));
            }
        }
        if (sent.isEmpty()) {
            return Uni.createFrom().nullItem();
        }
        if (sent.size() > 1) {
            return Uni.createFrom()
                    .failure(new FailureException(
                            new Failure.Malformed(400, "The request has more than one credential header")));
        }
        String value = sent.getFirst().value();
        Supplier<String> address = () -> addresses.of(context.request());
        return switch (sent.getFirst().mechanism()) {
            case API_KEY -> byKey(value, Mechanism.API_KEY, address);
            case BEARER ->
                value.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        ? byKey(value.substring(BEARER.length()).strip(), Mechanism.BEARER, address)
                        : denied();
            case SESSION -> bySession(value, headers.getAll(ORGANIZATION_ID), address);
        };
    }

    private Uni<Caller> byKey(String key, Mechanism mechanism, Supplier<String> address) {
        return isPlausible(key) ? credentials.byKey(key, mechanism, address) : denied();
    }

    /**
     * A list or another text that is no id is an organisation that the user is not a member of, so only a valid session
     * learns that it is wrong.
     */
    private Uni<Caller> bySession(String token, List<String> organizations, Supplier<String> address) {
        if (!isPlausible(token) || organizations.isEmpty()) {
            return denied();
        }
        boolean one = organizations.size() == 1 && Caller.isOrganizationId(organizations.getFirst());
        return credentials.bySession(token, one ? organizations.getFirst() : NO_ORGANIZATION, address);
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
        return Uni.createFrom()
                .item(new ChallengeData(401, HttpHeaders.WWW_AUTHENTICATE, Mechanism.challenge(mechanisms)));
    }

    /** Empty: this class looks up the secret itself instead of passing it to an identity provider. */
    @Override
    public Set<Class<? extends AuthenticationRequest>> getCredentialTypes() {
        return Set.of();
    }
}
