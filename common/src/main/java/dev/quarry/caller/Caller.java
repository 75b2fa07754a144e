package dev.quarry.caller;

import static java.util.Objects.requireNonNull;

import io.quarkus.security.identity.SecurityIdentity;
import java.security.Principal;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who asks: the organisation (the tenant) on whose behalf, what it may do, and how it proved it. Made by authentication
 * alone; every read of tenant data takes one.
 *
 * @param organization 1..64 of {@code A-Za-z0-9_-}: it can stand in SQL text, a header or a log line without harm
 * @param permissions the names in {@link Permissions} that it holds
 * @param credentialId the key's or session's id, never its secret: what a rate limit counts by
 */
public record Caller(String organization, Set<String> permissions, Mechanism mechanism, String credentialId)
        implements Principal {
    private static final Pattern ORGANIZATION = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    public Caller {
        requireNonNull(organization, "organization is null");
        if (!ORGANIZATION.matcher(organization).matches()) {
            throw new IllegalArgumentException("organization is not an organisation id");
        }
        permissions = Set.copyOf(permissions);
        requireNonNull(mechanism, "mechanism is null");
        requireNonNull(credentialId, "credentialId is null");
    }

    /** The caller of an authenticated request. */
    public static Caller of(SecurityIdentity identity) {
        if (identity.getPrincipal() instanceof Caller caller) {
            return caller;
        }
        throw new IllegalStateException("The request is not authenticated");
    }

    /** Whether text has the shape of an organisation id. */
    public static boolean isOrganizationId(String text) {
        return ORGANIZATION.matcher(text).matches();
    }

    @Override
    public String getName() {
        return credentialId;
    }
}
