package dev.quarry.schema;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * An advisory lock in PostgreSQL that keeps backups, the deletion of backups and erasures apart. A backup must not build on
 * one that is being deleted. A backup also copies ClickHouse before PostgreSQL: an erasure in between would free an id in the
 * copy of PostgreSQL although the copy of ClickHouse has events of the id's old owner, so after a restore its new owner would
 * see them. PostgreSQL releases the lock when its session ends.
 */
final class BackupLock {
    private static final String LOCK_NOT_AVAILABLE = "55P03";
    private static final String KEY = "hashtextextended('quarry.backup', 0)";

    private BackupLock() {}

    /** Waits for erasures and other backups that run, and lets none begin. */
    static void takeForBackup(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(%s)".formatted(KEY));
        }
    }

    /**
     * Lets no backup begin; other erasures may. Waits a moment for a session that is about to end.
     *
     * @throws MigrationException if a backup runs, which may take hours
     */
    static void takeForErasure(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '2s'");
            statement.execute("SELECT pg_advisory_lock_shared(%s)".formatted(KEY));
            statement.execute("RESET lock_timeout");
        } catch (SQLException failed) {
            if (LOCK_NOT_AVAILABLE.equals(failed.getSQLState())) {
                throw new MigrationException(
                        "A backup is running: run the same command again when it has ended.", failed);
            }
            throw failed;
        }
    }
}
