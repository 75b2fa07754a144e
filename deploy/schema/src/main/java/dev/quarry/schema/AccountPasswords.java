package dev.quarry.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The passwords of ClickHouse's users as lower-case hex SHA-256, so that the migrator does not need the passwords.
 * {@code db/access} has the rights of each user.
 *
 * @param reader of {@code quarry_reader}, with which services read
 * @param refiner of {@code quarry_refiner}, with which rollup jobs write
 * @param ingest of {@code quarry_ingest}, with which producers insert
 */
public record AccountPasswords(String reader, String refiner, String ingest) {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
    private static final List<String> VARIABLES = List.of(
            "QUARRY_CLICKHOUSE_READER_PASSWORD_SHA256",
            "QUARRY_CLICKHOUSE_REFINER_PASSWORD_SHA256",
            "QUARRY_CLICKHOUSE_INGEST_PASSWORD_SHA256");

    public AccountPasswords {
        if (!Stream.of(reader, refiner, ingest)
                .allMatch(hash -> HASH.matcher(hash).matches())) {
            throw new MigrationException(
                    "The SHA-256 of a ClickHouse user's password must be 64 lower-case hex digits.");
        }
    }

    /**
     * Reads {@code QUARRY_CLICKHOUSE_READER_PASSWORD_SHA256}, {@code _REFINER_PASSWORD_SHA256} and {@code
     * _INGEST_PASSWORD_SHA256}. Without them, the migrator does not manage ClickHouse's users.
     */
    static Optional<AccountPasswords> from(Map<String, String> environment) {
        EnvironmentVariables variables = new EnvironmentVariables(environment);
        if (VARIABLES.stream().allMatch(name -> variables.text(name, "").isEmpty())) {
            return Optional.empty();
        }
        return Optional.of(new AccountPasswords(
                variables.required(VARIABLES.get(0)),
                variables.required(VARIABLES.get(1)),
                variables.required(VARIABLES.get(2))));
    }

    /** Without the hashes. */
    @Override
    public String toString() {
        return "AccountPasswords[]";
    }
}
