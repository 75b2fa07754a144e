package dev.quarry.local;

import static java.time.temporal.ChronoUnit.DAYS;

import dev.quarry.local.samples.LoadReport;
import dev.quarry.local.samples.LoadTarget;
import dev.quarry.local.samples.SampleException;
import dev.quarry.local.samples.SampleKind;
import dev.quarry.local.samples.SampleLoader;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.PostgresAddress;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;

/** The recordings that a new data directory gets. A later start does not load them again. */
final class Samples {

    private static final Map<SampleKind, Plan> PLANS = Map.of(
            SampleKind.ONLINE_RETAIL, new Plan(LocalKeys.ORGANIZATION, false),
            SampleKind.AIDER, new Plan(LocalKeys.OTHER_ORGANIZATION, false),
            SampleKind.APACHE_ACCESS, new Plan(LocalKeys.ORGANIZATION, true),
            SampleKind.KAFKA_RUNTIME, new Plan(LocalKeys.ORGANIZATION, true),
            SampleKind.TRAIN_TICKET, new Plan(LocalKeys.ORGANIZATION, true),
            SampleKind.UPTIME_CHECKS, new Plan(LocalKeys.ORGANIZATION, true));

    private final ClickHouseAddress clickHouse;
    private final PostgresAddress postgres;

    Samples(ClickHouseAddress clickHouse, PostgresAddress postgres) {
        this.clickHouse = clickHouse;
        this.postgres = postgres;
    }

    /**
     * @param moved whether times are shifted so that the last day is the day before the load, because the family's
     *     windows end now
     */
    private record Plan(String organization, boolean moved) {}

    /**
     * Keeps a restored stack from loading samples. Its backup has their rows, but not by how much their times were shifted.
     * With another shift they would be new events, and count twice.
     */
    static void leaveOut(PostgresAddress postgres) throws SQLException {
        try (Connection connection = postgres.open();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA IF NOT EXISTS quarry_local");
            statement.execute("CREATE TABLE IF NOT EXISTS quarry_local.restored ()");
        }
    }

    private static boolean areLeftOut(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet found = statement.executeQuery("SELECT to_regclass('quarry_local.restored') IS NOT NULL")) {
            return found.next() && found.getBoolean(1);
        }
    }

    /** Loads missing samples, including the rest of an interrupted load. */
    void load(Progress progress, Stopping stopping) throws StartException {
        var loader = new SampleLoader(clickHouse, postgres);
        try (Connection connection = postgres.open()) {
            if (areLeftOut(connection)) {
                return;
            }
            prepare(connection);
            for (SampleKind kind : SampleKind.values()) {
                if (stopping.isAsked()) {
                    return;
                }
                if (!isLoaded(connection, kind)) {
                    LoadReport report = loader.loadShipped(kind, target(connection, kind));
                    finish(connection, kind);
                    progress.ready("sample " + kind.commandName(), "%,d records".formatted(report.read()));
                }
            }
        } catch (SQLException | SampleException failure) {
            throw new StartException("The samples cannot be loaded: " + failure.getMessage(), failure);
        }
    }

    private static void prepare(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CREATE SCHEMA IF NOT EXISTS quarry_local");
            statement.execute("""
                    CREATE TABLE IF NOT EXISTS quarry_local.samples (
                        kind text PRIMARY KEY,
                        shift_days integer NOT NULL,
                        loaded boolean NOT NULL DEFAULT false
                    )
                    """);
        }
    }

    private static boolean isLoaded(Connection connection, SampleKind kind) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT 1 FROM quarry_local.samples WHERE kind = ? AND loaded")) {
            query.setString(1, kind.commandName());
            try (ResultSet found = query.executeQuery()) {
                return found.next();
            }
        }
    }

    /** Stores the shift before the load: rows that are loaded twice are the same events only with the same shift. */
    private static LoadTarget target(Connection connection, SampleKind kind) throws SQLException {
        Plan plan = PLANS.get(kind);
        LocalDate yesterday = LocalDate.now(ZoneOffset.UTC).minusDays(1);
        int shift = plan.moved() ? Math.toIntExact(DAYS.between(kind.lastDay(), yesterday)) : 0;
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO quarry_local.samples (kind, shift_days) VALUES (?, ?) ON CONFLICT DO NOTHING")) {
            insert.setString(1, kind.commandName());
            insert.setInt(2, shift);
            insert.executeUpdate();
        }
        return new LoadTarget(plan.organization(), Optional.empty(), shiftDays(connection, kind));
    }

    private static int shiftDays(Connection connection, SampleKind kind) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT shift_days FROM quarry_local.samples WHERE kind = ?")) {
            query.setString(1, kind.commandName());
            try (ResultSet found = query.executeQuery()) {
                return found.next() ? found.getInt(1) : 0;
            }
        }
    }

    private static void finish(Connection connection, SampleKind kind) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE quarry_local.samples SET loaded = true WHERE kind = ?")) {
            update.setString(1, kind.commandName());
            update.executeUpdate();
        }
    }

    /** {@return the last day of the sample in the tables; empty if it was not loaded} */
    Optional<LocalDate> lastDay(SampleKind kind) throws SQLException {
        try (Connection connection = postgres.open()) {
            prepare(connection);
            return isLoaded(connection, kind)
                    ? Optional.of(kind.lastDay().plusDays(shiftDays(connection, kind)))
                    : Optional.empty();
        }
    }
}
