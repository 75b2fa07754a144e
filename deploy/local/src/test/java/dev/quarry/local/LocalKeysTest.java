package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.schema.MigratedPostgres;
import dev.quarry.schema.PostgresAddress;
import dev.quarry.schema.accounts.Family;
import dev.quarry.schema.accounts.Secret;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LocalKeysTest {

    private static EmbeddedPostgres server;
    private static PostgresAddress postgres;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws IOException {
        server = MigratedPostgres.start();
        postgres = new PostgresAddress(server.getJdbcUrl("postgres", "postgres"), "postgres", "");
    }

    @AfterAll
    static void stop() throws IOException {
        server.close();
    }

    @ParameterizedTest
    @EnumSource(Service.class)
    void givesEachOrganisationAKeyAFamily(Service service) throws Exception {
        LocalKeys keys = renewed();

        assertTrue(keys.key(service).matches(service.keyPrefix() + "[A-Za-z0-9]{40}"), keys.key(service));
        assertNotEquals(keys.key(service), keys.otherKey(service));
        assertEquals(LocalKeys.ORGANIZATION, organization(keys.key(service), service.permission()));
        assertEquals(LocalKeys.OTHER_ORGANIZATION, organization(keys.otherKey(service), service.permission()));
    }

    @Test
    void letsADashboardInAsAMember() throws Exception {
        LocalKeys keys = renewed();

        assertEquals(
                "{apps:read,metrics:read,integrations:read,analytics:read}",
                value("""
                        SELECT permissions::text FROM sessions JOIN members USING (user_id)
                        WHERE token_sha256 = ? AND expires_at > now() AND organization_id = ?
                        """, Secret.sha256(keys.sessionToken()), LocalKeys.ORGANIZATION));
    }

    @Test
    void replacesTheCredentialsOfAnEarlierStartAndNoOthers() throws Exception {
        LocalKeys earlier = renewed();
        try (Connection connection = postgres.open();
                PreparedStatement insert = connection.prepareStatement("""
                        INSERT INTO api_keys (key_id, organization_id, name, prefix, key_sha256, permissions)
                        VALUES ('own', ?, 'own', 'own', ?, '{}') ON CONFLICT DO NOTHING
                        """)) {
            insert.setString(1, LocalKeys.ORGANIZATION);
            insert.setBytes(2, Secret.sha256("own"));
            insert.executeUpdate();
        }

        renewed();

        assertEquals("none", organization(earlier.key(Service.METRICS), Service.METRICS.permission()));
        assertEquals("1", value("SELECT count(*) FROM sessions"));
        assertEquals("8", value("SELECT count(*) FROM api_keys WHERE name = 'Made by ./quarry up'"));
        assertEquals("1", value("SELECT count(*) FROM api_keys WHERE key_id = 'own'"));
    }

    @ParameterizedTest
    @ValueSource(strings = {LocalKeys.ORGANIZATION, LocalKeys.OTHER_ORGANIZATION})
    void deletedOrganisationStaysDeleted(String deleted) throws Exception {
        renewed();
        try (Connection connection = postgres.open();
                PreparedStatement delete =
                        connection.prepareStatement("DELETE FROM organizations WHERE organization_id = ?");
                PreparedStatement forget =
                        connection.prepareStatement("DELETE FROM used_ids WHERE organization_id = ?")) {
            delete.setString(1, deleted);
            delete.executeUpdate();
            forget.setString(1, deleted);

            LocalKeys keys = renewed();

            boolean isDemo = deleted.equals(LocalKeys.ORGANIZATION);
            assertEquals(
                    isDemo ? "none" : LocalKeys.ORGANIZATION,
                    organization(keys.key(Service.APPS), Service.APPS.permission()));
            assertEquals(
                    isDemo ? LocalKeys.OTHER_ORGANIZATION : "none",
                    organization(keys.otherKey(Service.APPS), Service.APPS.permission()));
            forget.executeUpdate();
        }
    }

    @Test
    void keepsItsKeysAsLongAsTheirFileExists() throws Exception {
        LocalKeys first = written(renewed());

        LocalKeys second = LocalKeys.open(file(), false, postgres);

        assertEquals(first.file("http://127.0.0.1:1"), second.file("http://127.0.0.1:1"));
        assertNotEquals(first.pageCode(), second.pageCode(), "a link is for one start");
        assertEquals(LocalKeys.ORGANIZATION, organization(second.key(Service.APPS), Service.APPS.permission()));

        LocalKeys third = LocalKeys.open(file(), true, postgres);
        for (Service service : Service.values()) {
            assertNotEquals(first.key(service), third.key(service));
            assertNotEquals(first.otherKey(service), third.otherKey(service));
            assertEquals("none", organization(first.key(service), service.permission()));
        }
        assertNotEquals(first.sessionToken(), third.sessionToken());
        assertEquals(
                "0",
                value("SELECT count(*) FROM sessions WHERE token_sha256 = ?", Secret.sha256(first.sessionToken())));
    }

    @Test
    void putsItsKeysIntoANewDatabase() throws Exception {
        LocalKeys first = written(renewed());
        update("DELETE FROM api_keys");
        update("DELETE FROM sessions");

        LocalKeys.open(file(), false, postgres);

        assertEquals(LocalKeys.ORGANIZATION, organization(first.key(Service.ORG), Service.ORG.permission()));
        assertEquals(
                "1",
                value("SELECT count(*) FROM sessions WHERE token_sha256 = ?", Secret.sha256(first.sessionToken())));
    }

    @Test
    void aRevokedKeyStaysRevokedUntilThereAreNewOnes() throws Exception {
        LocalKeys first = written(renewed());
        update("UPDATE api_keys SET revoked_at = now()");
        update("UPDATE sessions SET revoked_at = now()");

        LocalKeys.open(file(), false, postgres);
        assertEquals("0", value("SELECT count(*) FROM api_keys WHERE revoked_at IS NULL"));
        assertEquals("0", value("SELECT count(*) FROM sessions WHERE revoked_at IS NULL"));

        LocalKeys.open(file(), true, postgres);
        assertEquals(
                "8", value("SELECT count(*) FROM api_keys WHERE revoked_at IS NULL AND starts_with(key_id, 'local-')"));
        assertEquals("1", value("SELECT count(*) FROM sessions WHERE revoked_at IS NULL"));
        assertEquals("none", organization(first.key(Service.APPS), Service.APPS.permission()));
    }

    /** Somebody edited the file: an empty or a short key would be easy to guess. */
    @Test
    void replacesADamagedKey() throws Exception {
        LocalKeys first = written(renewed());
        String damaged = Files.readString(file())
                .replace("MCPEEK_KEY=" + first.key(Service.METRICS), "MCPEEK_KEY=mcpeek_short")
                .replace("DASHBOARD_SESSION_TOKEN=", "# ");
        Files.writeString(file(), damaged);

        LocalKeys second = LocalKeys.open(file(), false, postgres);

        assertTrue(second.key(Service.METRICS).matches("mcpeek_[A-Za-z0-9]{40}"), second.key(Service.METRICS));
        assertTrue(second.sessionToken().matches("session_[A-Za-z0-9]{40}"), second.sessionToken());
        assertEquals(first.key(Service.APPS), second.key(Service.APPS));
    }

    @Test
    void itsKeysAreThoseOfTheFamilies() {
        assertEquals(
                Arrays.stream(Family.values()).collect(Collectors.toMap(Family::keyPrefix, Family::permission)),
                Arrays.stream(Service.values()).collect(Collectors.toMap(Service::keyPrefix, Service::permission)));
    }

    @Test
    void neverCreatesTheSameSecretTwice() {
        Set<String> secrets = new HashSet<>();
        for (int count = 0; count < 1_000; count++) {
            String secret = Secret.letters();
            assertTrue(secret.matches("[A-Za-z0-9]{40}"), secret);
            assertTrue(secrets.add(secret), secret);
        }
    }

    @Test
    void writesAFileThatAShellReads() throws Exception {
        LocalKeys keys = renewed();
        Process shell = new ProcessBuilder(
                        "sh",
                        "-euc",
                        keys.file("http://127.0.0.1:8080") + "echo \"$QUARRY_URL $MCPEEK_KEY $OTHER_MECHA_TOKEN\"")
                .redirectErrorStream(true)
                .start();
        String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertEquals(0, shell.waitFor(), output);
        assertEquals(
                "http://127.0.0.1:8080 %s %s\n".formatted(keys.key(Service.METRICS), keys.otherKey(Service.ORG)),
                output);
    }

    @Test
    void quotesAPasswordForAShell() throws Exception {
        String password = "it's $HOME `x` \"y\" \\";
        Process shell = new ProcessBuilder(
                        "sh", "-euc", "value=" + StoreVariables.quoted(password) + "; printf %s \"$value\"")
                .start();

        assertArrayEquals(
                password.getBytes(StandardCharsets.UTF_8),
                shell.getInputStream().readAllBytes());
        assertEquals(0, shell.waitFor());
    }

    @Test
    void printsLinesThatWorkWhenPasted() throws Exception {
        LocalKeys keys = renewed();
        List<String> lines = guide(keys, Optional.of(LocalDate.of(2026, 8, 10)));

        assertTrue(lines.contains(
                "curl -sS -H 'x-api-key: %s' 'http://127.0.0.1:1/v1/metrics/dau?from=2011-11-01&to=2011-11-30'"
                        .formatted(keys.key(Service.METRICS))));
        assertTrue(lines.stream().anyMatch(line -> line.contains("start_date=2026-07-12&end_date=2026-08-10")));
        assertFalse(lines.stream().anyMatch(line -> line.contains(keys.otherKey(Service.METRICS))));
        assertTrue(lines.stream().anyMatch(line -> line.endsWith("http://127.0.0.1:1/#code=" + keys.pageCode())));
    }

    @Test
    void theGuideHasNoRequestsWithoutSamples() throws Exception {
        List<String> lines = guide(renewed(), Optional.empty());

        assertFalse(lines.stream().anyMatch(line -> line.contains("curl") || line.contains("2011")), lines.toString());
        assertTrue(lines.stream().anyMatch(line -> line.endsWith(" /stores.env")), lines.toString());
        assertEquals("", lines.getLast());
    }

    private LocalKeys renewed() throws IOException, SQLException {
        return LocalKeys.open(file(), true, postgres);
    }

    private Path file() {
        return folder.resolve("keys.env");
    }

    private LocalKeys written(LocalKeys keys) throws IOException {
        PrivateFiles.write(file(), keys.file("http://127.0.0.1:1"));
        return keys;
    }

    private static void update(String sql) throws SQLException {
        try (Connection connection = postgres.open();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.executeUpdate();
        }
    }

    private static List<String> guide(LocalKeys keys, Optional<LocalDate> lastCheck) {
        return new Guide("http://127.0.0.1:1", Path.of("/keys.env"), Path.of("/stores.env"), keys, lastCheck).lines();
    }

    /** The organisation that a key of this permission opens; "none" when it opens none. */
    private static String organization(String key, String permission) throws SQLException {
        return value("""
                SELECT coalesce(max(organization_id), 'none') FROM api_keys
                WHERE key_sha256 = ? AND permissions = ARRAY[?::text] AND starts_with(?, prefix)
                """, Secret.sha256(key), permission, key);
    }

    private static String value(String sql, Object... values) throws SQLException {
        try (Connection connection = postgres.open();
                PreparedStatement query = connection.prepareStatement(sql)) {
            for (int index = 0; index < values.length; index++) {
                query.setObject(index + 1, values[index]);
            }
            try (ResultSet result = query.executeQuery()) {
                result.next();
                return result.getString(1);
            }
        }
    }
}
