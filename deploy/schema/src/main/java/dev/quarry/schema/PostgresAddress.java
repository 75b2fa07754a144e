package dev.quarry.schema;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;

/**
 * The address of PostgreSQL, and its user.
 *
 * @param url a JDBC URL, for example {@code jdbc:postgresql://127.0.0.1:5432/quarry}; without a password, because logs
 *     show it
 */
public record PostgresAddress(String url, String user, String password) {
    private static final String CONNECT_TIMEOUT_SECONDS = "5";

    public PostgresAddress {
        requireNonNull(user, "user is null");
        requireNonNull(password, "password is null");
        if (!url.startsWith("jdbc:postgresql://")
                || url.toLowerCase(Locale.ROOT).contains("password=")) {
            throw new MigrationException(
                    "The PostgreSQL URL must look like jdbc:postgresql://host:5432/database and have no password.");
        }
    }

    /**
     * Reads {@code QUARRY_POSTGRES_URL}, {@code _USER}, and {@code _PASSWORD} or the file that {@code _PASSWORD_FILE}
     * names.
     */
    public static PostgresAddress from(Map<String, String> environment) {
        EnvironmentVariables variables = new EnvironmentVariables(environment);
        return new PostgresAddress(
                variables.required("QUARRY_POSTGRES_URL"),
                variables.text("QUARRY_POSTGRES_USER", "postgres"),
                password(variables));
    }

    private static String password(EnvironmentVariables variables) {
        String password = variables.text("QUARRY_POSTGRES_PASSWORD", "");
        String file = variables.text("QUARRY_POSTGRES_PASSWORD_FILE", "");
        if (file.isEmpty()) {
            return password;
        }
        if (!password.isEmpty()) {
            throw new MigrationException("Set QUARRY_POSTGRES_PASSWORD or QUARRY_POSTGRES_PASSWORD_FILE, not both.");
        }
        try {
            return Files.readString(Path.of(file)).strip();
        } catch (IOException unreadable) {
            throw new MigrationException(
                    "The file %s in QUARRY_POSTGRES_PASSWORD_FILE cannot be read.".formatted(file), unreadable);
        }
    }

    /** Opens a new connection without a pool. Fails after 5 seconds. */
    public Connection open() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("loginTimeout", CONNECT_TIMEOUT_SECONDS);
        properties.setProperty("connectTimeout", CONNECT_TIMEOUT_SECONDS);
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("ApplicationName", "quarry-schema");
        return DriverManager.getConnection(url, properties);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "%s as %s".formatted(url, user);
    }
}
