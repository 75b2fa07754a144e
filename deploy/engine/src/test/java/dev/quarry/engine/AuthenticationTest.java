package dev.quarry.engine;

import static dev.quarry.engine.ProtocolTest.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AuthenticationTest {
    private static final String USER = "analyst";
    private static final String PASSWORD = "pass: wörd";

    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension(options -> options.withUser(USER, PASSWORD));

    @Test
    void userAndPasswordWorkAsHeadersBasicOrParameters() {
        String basic = Base64.getEncoder().encodeToString((USER + ":" + PASSWORD).getBytes(StandardCharsets.UTF_8));
        assertEquals(
                "1", ENGINE.http().header("Authorization", "Basic " + basic).run("SELECT 1"));
        assertEquals(
                "1", ENGINE.http().with("user", USER).with("password", PASSWORD).run("SELECT 1"));
    }

    @Test
    void healthChecksNeedNoPassword() {
        assertEquals(200, ENGINE.http().path("/ping").get().statusCode());
        assertEquals(200, ENGINE.http().get().statusCode());
    }

    @ParameterizedTest
    @CsvSource({"analyst,wrong", "analyst,''", "default,pass", "'',''", "analyst,pass: wörd2", "ANALYST,pass: wörd"})
    void anythingElseIsRefused(String user, String password) {
        assertRefused(
                ENGINE.http().with("user", user).with("password", password).post("SELECT 1"));
        String basic = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        assertRefused(ENGINE.http().header("Authorization", "Basic " + basic).post("SELECT 1"));
        assertRefused(ENGINE.http()
                .header("X-ClickHouse-User", user.equals("ANALYST") ? user : user + "x")
                .header("X-ClickHouse-Key", "wrong")
                .post("SELECT 1"));
    }

    @Test
    void missingAndWrongCredentialsAreRefused() {
        assertRefused(ENGINE.http().post("SELECT 1"));
        assertRefused(ENGINE.http().header("Authorization", "Bearer token").post("SELECT 1"));
        assertRefused(ENGINE.http().header("Authorization", "Basic ***").post("SELECT 1"));
        assertRefused(ENGINE.http().with("query", "SELECT 1").get());
    }

    @Test
    void thePasswordIsNotInTheProcessListOrTheLog() throws IOException {
        String command = Files.readString(Path.of("/proc", "" + ENGINE.process().pid(), "cmdline"));
        assertTrue(command.contains(USER));
        assertFalse(command.contains(PASSWORD));
        assertFalse(ENGINE.log().contains(PASSWORD));
    }

    @Test
    void withoutAPasswordOnlyLoopbackIsListenedOn() {
        String[] arguments = {"--library=x", "--path=x", "--host=0.0.0.0"};
        IllegalArgumentException refused =
                assertThrows(IllegalArgumentException.class, () -> EngineOptions.parse(arguments, null));
        assertTrue(refused.getMessage().contains("loopback"));
        assertEquals("0.0.0.0", EngineOptions.parse(arguments, "secret").host());
    }

    private static void assertRefused(HttpResponse<String> response) {
        assertEquals(403, response.statusCode(), response::body);
        assertEquals("516", header(response, "X-ClickHouse-Exception-Code"));
        assertFalse(response.body().contains("wörd"));
    }
}
