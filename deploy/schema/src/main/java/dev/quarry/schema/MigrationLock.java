package dev.quarry.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * An advisory lock in PostgreSQL that lets one migrator run at a time. ClickHouse has no locks, so this one covers both
 * stores. PostgreSQL releases it when its session ends.
 */
final class MigrationLock implements AutoCloseable {
    /** "quarry" in ASCII. Nothing else in the database may lock this number. */
    private static final long KEY = 0x717561727279L;

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final Connection connection;

    private MigrationLock(Connection connection) {
        this.connection = connection;
    }

    /** Closes the connection together with the lock. */
    static MigrationLock acquire(Connection connection, Duration timeout) {
        try (Statement statement = connection.createStatement()) {
            // Zero would mean no timeout.
            statement.execute("SET lock_timeout = " + Math.max(1, timeout.toMillis()));
            statement.execute("SELECT pg_advisory_lock(%d)".formatted(KEY));
            return new MigrationLock(connection);
        } catch (SQLException failure) {
            closeQuietly(connection, failure);
            if (LOCK_NOT_AVAILABLE.equals(failure.getSQLState())) {
                throw new MigrationException(
                        "Another migrator has been running for more than %d seconds.".formatted(timeout.toSeconds()),
                        failure);
            }
            throw new MigrationException("PostgreSQL refused the migration lock: " + failure.getMessage(), failure);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException failure) {
            throw new MigrationException("The connection of the migration lock could not be closed.", failure);
        }
    }

    private static void closeQuietly(Connection connection, SQLException failure) {
        try {
            connection.close();
        } catch (SQLException second) {
            failure.addSuppressed(second);
        }
    }
}
