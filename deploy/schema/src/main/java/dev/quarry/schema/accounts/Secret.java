package dev.quarry.schema.accounts;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.regex.Pattern;

/**
 * A key or a session token.
 *
 * @param isNew whether the command made it up, so that the operator does not know it yet
 */
public record Secret(String value, boolean isNew) {
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    /** 40 of 62 letters: 238 bits. */
    private static final int LETTERS = 40;
    /** The services accept secrets of up to 512 characters. */
    private static final Pattern ACCEPTED = Pattern.compile("[!-~]{32,512}");

    private static final int MOST_SHOWN = 14;
    private static final SecureRandom RANDOM = new SecureRandom();

    /** 40 random letters and digits, which never need quoting. */
    public static String letters() {
        return RANDOM.ints(LETTERS, 0, ALPHABET.length())
                .map(ALPHABET::charAt)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    /** Whether {@link #letters} could have made the text. */
    public static boolean areLetters(String text) {
        return text.length() == LETTERS && text.chars().allMatch(letter -> ALPHABET.indexOf(letter) >= 0);
    }

    /** The digest that PostgreSQL stores. */
    public static byte[] sha256(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256", impossible);
        }
    }

    static Secret random(String prefix) {
        return new Secret(prefix + letters(), true);
    }

    /** Reads a secret that the operator made. White space around it does not count. */
    static Secret read(Path file) {
        String value;
        try {
            value = Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw new RefusedException("The file %s cannot be read.".formatted(file));
        }
        if (!ACCEPTED.matcher(value).matches()) {
            throw new RefusedException(
                    "The secret in %s must have 32 to 512 characters, all of them printable ASCII without spaces."
                            .formatted(file));
        }
        return new Secret(value, false);
    }

    byte[] sha256() {
        return sha256(value);
    }

    /** The first characters, so that people can distinguish keys: at most a quarter of the secret. */
    String shownPrefix() {
        return value.substring(0, Math.min(MOST_SHOWN, value.length() / 4));
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "Secret";
    }
}
