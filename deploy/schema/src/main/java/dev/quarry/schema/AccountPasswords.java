package dev.quarry.schema;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The passwords of ClickHouse's users, as lower-case hex SHA-256: who migrates need not know them. {@code db/access} says what
 * each of the users may do.
 *
 * @param reader of {@code quarry_reader}, as whom the services read
 * @param refiner of {@code quarry_refiner}, as whom they refine
 * @param ingest of {@code quarry_ingest}, as whom events are delivered
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
     * _INGEST_PASSWORD_SHA256}; without them, users are somebody else's affair.
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
