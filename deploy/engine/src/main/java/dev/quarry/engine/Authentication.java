package dev.quarry.engine;

import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The server's user, and further users with the same password who have only the rights of a role. {@link EngineOptions}
 * allows an empty password on the loopback interface only.
 */
record Authentication(String user, Set<String> roleUsers, String password) {
    private static final String BASIC = "basic ";

    /**
     * Throws {@link ErrorCode#AUTHENTICATION_FAILED} unless the request has the right user and password.
     *
     * @return the role whose rights the request has; empty for all rights
     */
    Optional<String> check(HttpServerRequest request, Map<String, String> url) {
        Claim claim = headers(request)
                .or(() -> basic(request))
                .orElseGet(() -> new Claim(url.get("user"), url.getOrDefault("password", "")));
        String name = claim.user == null || claim.user.isEmpty() ? "default" : claim.user;
        // Compares both in any case, so that the time does not tell which one is wrong.
        boolean ofRole = roleUsers.contains(name);
        boolean rightUser = same(name, user) || ofRole;
        boolean rightPassword = same(claim.password, password);
        if (!rightUser || !rightPassword) {
            throw new EngineException(
                    ErrorCode.AUTHENTICATION_FAILED,
                    name + ": Authentication failed: password is incorrect, or there is no user with such name.");
        }
        return ofRole ? Optional.of(name) : Optional.empty();
    }

    private static Optional<Claim> headers(HttpServerRequest request) {
        String name = request.getHeader("X-ClickHouse-User");
        String key = request.getHeader("X-ClickHouse-Key");
        return name == null && key == null ? Optional.empty() : Optional.of(new Claim(name, key == null ? "" : key));
    }

    private static Optional<Claim> basic(HttpServerRequest request) {
        String header = request.getHeader("Authorization");
        if (header == null) {
            return Optional.empty();
        }
        if (!header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            throw new EngineException(
                    ErrorCode.AUTHENTICATION_FAILED, "Invalid authentication: only the Basic scheme is supported");
        }
        try {
            String pair = new String(
                    Base64.getDecoder().decode(header.substring(BASIC.length()).strip()), StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            return Optional.of(
                    colon < 0 ? new Claim(pair, "") : new Claim(pair.substring(0, colon), pair.substring(colon + 1)));
        } catch (IllegalArgumentException notBase64) {
            throw new EngineException(
                    ErrorCode.AUTHENTICATION_FAILED, "Invalid authentication: the Basic credentials are not Base64");
        }
    }

    private static boolean same(String given, String expected) {
        return MessageDigest.isEqual(digest(given), digest(expected));
    }

    /** Digests have equal lengths, so the time of a comparison does not tell the length of the password. */
    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java has SHA-256", impossible);
        }
    }

    private record Claim(String user, String password) {}
}
