package dev.quarry.schema;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A ClickHouse migration file. */
sealed interface Script {
    Pattern VERSIONED_NAME = Pattern.compile("V(\\d{1,6})__[a-z0-9_]+\\.sql");
    Pattern REPEATABLE_NAME = Pattern.compile("R__[a-z0-9_]+\\.sql");

    String name();

    String text();

    /** Applied once, in the order of versions. */
    record Versioned(int version, String name, String text) implements Script {}

    /** Applied after all versioned scripts, and again whenever its text (with placeholders filled in) changes. */
    record Repeatable(String name, String text) implements Script {}

    /** Normalises line endings, so that a checkout on another system has the same checksum. */
    static Script of(String name, String text) {
        String levelled = text.replace("\r\n", "\n");
        Matcher versioned = VERSIONED_NAME.matcher(name);
        if (versioned.matches()) {
            return new Versioned(Integer.parseInt(versioned.group(1)), name, levelled);
        }
        if (REPEATABLE_NAME.matcher(name).matches()) {
            return new Repeatable(name, levelled);
        }
        throw new MigrationException(
                "Migration %s must be named like V001__what_it_does.sql or R__what_it_does.sql.".formatted(name));
    }

    /** Lower-case hex SHA-256. */
    static String checksum(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }
}
