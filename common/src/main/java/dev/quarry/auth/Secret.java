package dev.quarry.auth;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The SHA-256 of a key or token, in lower-case hex. Only the hash is stored, cached or compared; the secret itself is
 * dropped once it is hashed. Keys are random and long, so one fast hash is enough.
 */
record Secret(String sha256) {

    static Secret of(String secret) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
            return ofHash(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static Secret ofHash(byte[] sha256) {
        return new Secret(HexFormat.of().formatHex(sha256));
    }

    byte[] hash() {
        return HexFormat.of().parseHex(sha256);
    }

    /** Takes constant time, so that the time of an answer does not reveal how much of a guess was right. */
    boolean matches(Secret other) {
        return MessageDigest.isEqual(bytes(), other.bytes());
    }

    private byte[] bytes() {
        return sha256.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Keeps the hash out of logs. */
    @Override
    public String toString() {
        return "Secret";
    }
}
