package dev.quarry.schema;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What the migrator needs to know.
 *
 * @param access empty where ClickHouse's users are somebody else's affair
 * @param patience how long to wait for each store to come up, and for another migrator to finish
 */
public record MigratorSettings(
        ClickHouseAddress clickHouse,
        PostgresAddress postgres,
        Retention retention,
        AcceptedTimes acceptedTimes,
        Optional<AccountPasswords> access,
        Duration patience) {
    private static final int STANDARD_PATIENCE_SECONDS = 60;
    private static final int LONGEST_PATIENCE_SECONDS = 3_600;

    public MigratorSettings {
        requireNonNull(clickHouse, "clickHouse is null");
        requireNonNull(postgres, "postgres is null");
        requireNonNull(retention, "retention is null");
        requireNonNull(acceptedTimes, "acceptedTimes is null");
        requireNonNull(access, "access is null");
        if (patience.isNegative()) {
            throw new MigrationException("The patience must not be negative, but is " + patience + ".");
        }
    }

    public MigratorSettings(ClickHouseAddress clickHouse, PostgresAddress postgres, Retention retention) {
        this(clickHouse, postgres, retention, Duration.ofSeconds(STANDARD_PATIENCE_SECONDS));
    }

    public MigratorSettings(
            ClickHouseAddress clickHouse, PostgresAddress postgres, Retention retention, AcceptedTimes acceptedTimes) {
        this(
                clickHouse,
                postgres,
                retention,
                acceptedTimes,
                Optional.empty(),
                Duration.ofSeconds(STANDARD_PATIENCE_SECONDS));
    }

    public MigratorSettings(
            ClickHouseAddress clickHouse, PostgresAddress postgres, Retention retention, Duration patience) {
        this(clickHouse, postgres, retention, AcceptedTimes.standard(), Optional.empty(), patience);
    }

    /**
     * Reads the variables of {@link ClickHouseAddress}, {@link PostgresAddress}, {@link Retention}, {@link AcceptedTimes} and
     * {@link AccountPasswords}, and
     * {@code QUARRY_MIGRATE_WAIT_SECONDS} (60).
     */
    public static MigratorSettings from(Map<String, String> environment) {
        int seconds = new EnvironmentVariables(environment)
                .wholeNumber(
                        "QUARRY_MIGRATE_WAIT_SECONDS",
                        STANDARD_PATIENCE_SECONDS,
                        0,
                        LONGEST_PATIENCE_SECONDS,
                        "seconds");
        return new MigratorSettings(
                ClickHouseAddress.from(environment),
                PostgresAddress.from(environment),
                Retention.from(environment),
                AcceptedTimes.from(environment),
                AccountPasswords.from(environment),
                Duration.ofSeconds(seconds));
    }
}
