package dev.quarry.schema;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The migrator's settings.
 *
 * @param access empty if the migrator does not manage ClickHouse's users
 * @param timeout how long to wait for each store, and for another migrator
 */
public record MigratorSettings(
        ClickHouseAddress clickHouse,
        PostgresAddress postgres,
        Retention retention,
        AcceptedTimes acceptedTimes,
        Optional<AccountPasswords> access,
        Duration timeout) {
    private static final int DEFAULT_TIMEOUT_SECONDS = 60;
    private static final int MAX_TIMEOUT_SECONDS = 3_600;

    public MigratorSettings {
        requireNonNull(clickHouse, "clickHouse is null");
        requireNonNull(postgres, "postgres is null");
        requireNonNull(retention, "retention is null");
        requireNonNull(acceptedTimes, "acceptedTimes is null");
        requireNonNull(access, "access is null");
        if (timeout.isNegative()) {
            throw new MigrationException("The timeout must not be negative, but is " + timeout + ".");
        }
    }

    public MigratorSettings(ClickHouseAddress clickHouse, PostgresAddress postgres, Retention retention) {
        this(clickHouse, postgres, retention, Duration.ofSeconds(DEFAULT_TIMEOUT_SECONDS));
    }

    public MigratorSettings(
            ClickHouseAddress clickHouse, PostgresAddress postgres, Retention retention, AcceptedTimes acceptedTimes) {
        this(
                clickHouse,
                postgres,
                retention,
                acceptedTimes,
                Optional.empty(),
                Duration.ofSeconds(DEFAULT_TIMEOUT_SECONDS));
    }

    public MigratorSettings(
            ClickHouseAddress clickHouse, PostgresAddress postgres, Retention retention, Duration timeout) {
        this(clickHouse, postgres, retention, AcceptedTimes.standard(), Optional.empty(), timeout);
    }

    /**
     * Reads the variables of {@link ClickHouseAddress}, {@link PostgresAddress}, {@link Retention}, {@link AcceptedTimes} and
     * {@link AccountPasswords}, and {@code QUARRY_MIGRATE_WAIT_SECONDS} (60).
     */
    public static MigratorSettings from(Map<String, String> environment) {
        int seconds = new EnvironmentVariables(environment)
                .wholeNumber("QUARRY_MIGRATE_WAIT_SECONDS", DEFAULT_TIMEOUT_SECONDS, 0, MAX_TIMEOUT_SECONDS, "seconds");
        return new MigratorSettings(
                ClickHouseAddress.from(environment),
                PostgresAddress.from(environment),
                Retention.from(environment),
                AcceptedTimes.from(environment),
                AccountPasswords.from(environment),
                Duration.ofSeconds(seconds));
    }
}
