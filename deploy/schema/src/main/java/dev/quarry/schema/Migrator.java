package dev.quarry.schema;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ServerException;
import dev.quarry.schema.MigrationReport.Applied;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Brings both stores to the newest schema. It may run repeatedly, and in several programs at the same time. */
public final class Migrator {
    private static final Duration PAUSE_BETWEEN_ATTEMPTS = Duration.ofMillis(250);

    private Migrator() {}

    /**
     * Waits for the stores, then applies the missing migrations: PostgreSQL first, then ClickHouse.
     *
     * @throws MigrationException if a store does not answer, a migration fails, or an applied file has changed
     */
    public static MigrationReport migrate(MigratorSettings settings) {
        return migrate(settings, ScriptFolder.read("/db/clickhouse"));
    }

    static MigrationReport migrate(MigratorSettings settings, List<Script> clickHouseScripts) {
        try (Client client = settings.clickHouse().open()) {
            ClickHouseStatements clickHouse = new ClickHouseStatements(client);
            Connection postgres = awaitPostgres(settings);
            try (MigrationLock _ = MigrationLock.acquire(postgres, settings.timeout())) {
                List<Applied> applied = new ArrayList<>(PostgresMigrations.apply(settings.postgres()));
                awaitClickHouse(clickHouse, settings);
                applied.addAll(applyToClickHouse(clickHouse, settings, clickHouseScripts));
                return new MigrationReport(applied);
            }
        }
    }

    private static List<Applied> applyToClickHouse(
            ClickHouseStatements clickHouse, MigratorSettings settings, List<Script> scripts) {
        try {
            return new ClickHouseMigrations(clickHouse, settings, scripts).apply();
        } catch (ClickHouseException failure) {
            throw new MigrationException("ClickHouse was not migrated: " + failure.getMessage(), failure);
        }
    }

    private static Connection awaitPostgres(MigratorSettings settings) {
        long deadline = System.nanoTime() + settings.timeout().toNanos();
        while (true) {
            try {
                return settings.postgres().open();
            } catch (SQLException failure) {
                if (!isUnreachable(failure) || System.nanoTime() >= deadline) {
                    throw new MigrationException(
                            "PostgreSQL at %s cannot be used: %s".formatted(settings.postgres(), failure.getMessage()),
                            failure);
                }
                pause();
            }
        }
    }

    private static void awaitClickHouse(ClickHouseStatements clickHouse, MigratorSettings settings) {
        long deadline = System.nanoTime() + settings.timeout().toNanos();
        while (true) {
            try {
                clickHouse.execute("SELECT 1");
                return;
            } catch (ClickHouseException failure) {
                // Does not wait after an answer: it would not change.
                if (failure instanceof ServerException || System.nanoTime() >= deadline) {
                    throw new MigrationException(
                            "ClickHouse at %s cannot be used: %s".formatted(settings.clickHouse(), reason(failure)),
                            failure);
                }
                pause();
            }
        }
    }

    /** {@return the message of the innermost cause} The client's own message does not mention a refused connection. */
    private static String reason(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null && !(deepest instanceof ServerException)) {
            deepest = deepest.getCause();
        }
        return deepest.getMessage();
    }

    /** Connection failures (class 08) and a server that is starting or stopping (57P03). */
    private static boolean isUnreachable(SQLException failure) {
        String state = failure.getSQLState();
        return state != null && (state.startsWith("08") || state.equals("57P03"));
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_BETWEEN_ATTEMPTS);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new MigrationException("Interrupted while waiting for the stores.", interruption);
        }
    }
}
