package dev.quarry.caller;

import static java.util.Objects.requireNonNull;

import io.quarkus.security.identity.SecurityIdentity;
import java.security.Principal;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Who sent the request: the organisation (the tenant), its permissions, and how the request proved it. Only
 * authentication makes callers; every read of tenant data takes one.
 *
 * @param organization 1..64 of {@code A-Za-z0-9_-}, so that it is safe in SQL text, a header or a log line
 * @param permissions the caller's permissions, by the names in {@link Permissions}
 * @param credentialId the id of the key or session, never its secret; the rate limit counts by it
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
