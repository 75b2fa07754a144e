package dev.quarry.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * Lets one migrator at a time through, by an advisory lock of the PostgreSQL database. ClickHouse has no lock to offer,
 * so this one covers both stores. PostgreSQL releases it when the holder dies.
 */
final class MigrationLock implements AutoCloseable {
    /** "quarry" in ASCII: any number that nothing else in the database locks. */
    private static final long KEY = 0x717561727279L;

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final Connection connection;

    private MigrationLock(Connection connection) {
        this.connection = connection;
    }

    /** Takes over the connection and closes it with the lock. */
    static MigrationLock acquire(Connection connection, Duration patience) {
        try (Statement statement = connection.createStatement()) {
            // Zero would mean for ever.
            statement.execute("SET lock_timeout = " + Math.max(1, patience.toMillis()));
            statement.execute("SELECT pg_advisory_lock(%d)".formatted(KEY));
            return new MigrationLock(connection);
        } catch (SQLException failure) {
            closeQuietly(connection, failure);
            if (LOCK_NOT_AVAILABLE.equals(failure.getSQLState())) {
                throw new MigrationException(
                        "Another migrator has been at work for more than %d seconds.".formatted(patience.toSeconds()),
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
            throw new MigrationException("The connection that held the migration lock broke on closing.", failure);
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
