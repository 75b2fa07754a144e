package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class MigratorSettingsTest {
    private static final Map<String, String> LEAST = Map.of(
            "QUARRY_CLICKHOUSE_URL", "http://127.0.0.1:8123",
            "QUARRY_POSTGRES_URL", "jdbc:postgresql://127.0.0.1:5432/quarry");

    @Test
    void unsetVariablesHaveDefaults() {
        MigratorSettings settings = MigratorSettings.from(LEAST);
        assertEquals(new ClickHouseAddress("http://127.0.0.1:8123", "quarry", "default", ""), settings.clickHouse());
        assertEquals(
                new PostgresAddress("jdbc:postgresql://127.0.0.1:5432/quarry", "postgres", ""), settings.postgres());
        assertEquals(new Retention(400, 30, 90), settings.retention());
        assertEquals(new AcceptedTimes(LocalDate.of(2000, 1, 1), 24), settings.acceptedTimes());
        assertEquals(Duration.ofSeconds(60), settings.timeout());
        assertEquals(Optional.empty(), settings.clickHouse().cluster());
        assertEquals(Optional.empty(), settings.access());
    }

    @Test
    void everyVariableIsRead() {
        MigratorSettings settings = MigratorSettings.from(with(Map.ofEntries(
                Map.entry("QUARRY_CLICKHOUSE_DATABASE", "other"),
                Map.entry("QUARRY_CLICKHOUSE_USER", "alice"),
                Map.entry("QUARRY_CLICKHOUSE_PASSWORD", "secret-one"),
                Map.entry("QUARRY_CLICKHOUSE_CLUSTER", "c1"),
                Map.entry("QUARRY_CLICKHOUSE_INSERT_QUORUM", "2"),
                Map.entry("QUARRY_CLICKHOUSE_SHARDS", "3"),
                Map.entry("QUARRY_POSTGRES_USER", "bob"),
                Map.entry("QUARRY_POSTGRES_PASSWORD", "secret-two"),
                Map.entry("QUARRY_RETENTION_DAYS", "1"),
                Map.entry("QUARRY_LOG_RETENTION_DAYS", "2"),
                Map.entry("QUARRY_ERROR_RETENTION_DAYS", "18250"),
                Map.entry("QUARRY_EARLIEST_EVENT_DAY", "2020-02-29"),
                Map.entry("QUARRY_EVENT_HOURS_AHEAD", "1"),
                Map.entry("QUARRY_MIGRATE_WAIT_SECONDS", "5"))));
        assertEquals("other", settings.clickHouse().database());
        assertEquals("secret-one", settings.clickHouse().password());
        assertEquals(
                Optional.of(new Cluster("c1", true, 2, 3)),
                settings.clickHouse().cluster());
        assertEquals("secret-two", settings.postgres().password());
        assertEquals(new Retention(1, 2, 18_250), settings.retention());
        assertEquals(new AcceptedTimes(LocalDate.of(2020, 2, 29), 1), settings.acceptedTimes());
        assertEquals(Duration.ofSeconds(5), settings.timeout());
        assertFalse(settings.toString().contains("secret"), settings.toString());
    }

    @Test
    void aWrongVariableIsExplained() {
        assertRefused(Map.of("QUARRY_CLICKHOUSE_URL", ""), "QUARRY_CLICKHOUSE_URL is not set.");
        assertRefused(
                Map.of("QUARRY_RETENTION_DAYS", "0"),
                "QUARRY_RETENTION_DAYS must be a whole number of days from 1 to 18250, but is \"0\".");
        assertRefused(
                Map.of("QUARRY_LOG_RETENTION_DAYS", "a week"),
                "QUARRY_LOG_RETENTION_DAYS must be a whole number of days from 1 to 18250, but is \"a week\".");
        assertRefused(
                Map.of("QUARRY_EARLIEST_EVENT_DAY", "yesterday"),
                "QUARRY_EARLIEST_EVENT_DAY must be a day from 1970-01-01 on, as YYYY-MM-DD, but is \"yesterday\".");
        assertRefused(
                Map.of("QUARRY_EARLIEST_EVENT_DAY", "1969-12-31"),
                "QUARRY_EARLIEST_EVENT_DAY must be a day from 1970-01-01 on, as YYYY-MM-DD, but is \"1969-12-31\".");
        assertRefused(
                Map.of("QUARRY_EVENT_HOURS_AHEAD", "-1"),
                "QUARRY_EVENT_HOURS_AHEAD must be a whole number of hours from 0 to 1000000, but is \"-1\".");
        assertRefused(
                Map.of("QUARRY_CLICKHOUSE_DATABASE", "a`b"),
                "The ClickHouse database must be letters, digits and underscores, but is \"a`b\".");
        assertRefused(
                Map.of("QUARRY_CLICKHOUSE_CLUSTER", "a`b"),
                "The ClickHouse cluster must be letters, digits, underscores and hyphens, but is \"a`b\".");
    }

    @Test
    void aUrlWithCredentialsIsRefusedAndNotRepeated() {
        for (String url :
                new String[] {"http://user:secret@host:8123", "http://host:8123/?password=secret", "ftp://x"}) {
            assertRefused(
                    Map.of("QUARRY_CLICKHOUSE_URL", url),
                    "The ClickHouse URL must look like http://host:8123 and have no user, password or parameters.");
        }
        assertRefused(
                Map.of("QUARRY_POSTGRES_URL", "jdbc:postgresql://host/quarry?Password=secret"),
                "The PostgreSQL URL must look like jdbc:postgresql://host:5432/database and have no password.");
    }

    @Test
    void theProgramPrintsOneSentenceAfterAFailure() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        assertEquals(1, MigrateCommand.run(Map.of(), stream, stream));
        assertEquals("QUARRY_CLICKHOUSE_URL is not set.\n", err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void anUnreachableStoreIsReportedWithoutItsPassword() {
        Map<String, String> environment = with(Map.of(
                "QUARRY_POSTGRES_URL", "jdbc:postgresql://127.0.0.1:1/quarry",
                "QUARRY_POSTGRES_PASSWORD", "secret",
                "QUARRY_MIGRATE_WAIT_SECONDS", "0"));
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        assertEquals(1, MigrateCommand.run(environment, stream, stream));
        String message = err.toString(StandardCharsets.UTF_8);
        assertTrue(
                message.startsWith("PostgreSQL at jdbc:postgresql://127.0.0.1:1/quarry as postgres cannot"), message);
        assertEquals(1, message.lines().count(), message);
        assertFalse(message.contains("secret"), message);
    }

    private static void assertRefused(Map<String, String> changes, String message) {
        Map<String, String> environment = with(changes);
        MigrationException failure = assertThrows(MigrationException.class, () -> MigratorSettings.from(environment));
        assertEquals(message, failure.getMessage());
    }

    private static Map<String, String> with(Map<String, String> changes) {
        Map<String, String> environment = new HashMap<>(LEAST);
        environment.putAll(changes);
        return environment;
    }
}
