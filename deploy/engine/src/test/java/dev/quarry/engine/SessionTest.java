package dev.quarry.engine;

import static dev.quarry.engine.ProtocolTest.header;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class SessionTest {
    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension();

    @Test
    void keepsTemporaryTablesAndSettings() {
        session("keeps").run("CREATE TEMPORARY TABLE x (a Int8)");
        session("keeps").run("INSERT INTO x FORMAT TSV\n1\n2\n");
        session("keeps").run("SET log_comment = 'it''s'");
        assertEquals("2\tit\\'s", session("keeps").run("SELECT count(), getSetting('log_comment') FROM x"));
        assertEquals("60", code(session("other").post("SELECT * FROM x")));
        assertEquals("60", code(ENGINE.http().post("SELECT * FROM x")));
    }

    @Test
    void theUrlsSettingsHoldForOneRequest() {
        session("settings").run("SET log_comment = 'of the session'");
        assertEquals(
                "of the url\t7\tsystem",
                session("settings")
                        .with("log_comment", "of the url")
                        .with("max_threads", "7")
                        .with("database", "system")
                        .run("SELECT getSetting('log_comment'), getSetting('max_threads'), currentDatabase()"));
        assertEquals(
                "of the session\t0\tdefault",
                session("settings")
                        .run("SELECT getSetting('log_comment'), getSetting('max_threads') = 7, currentDatabase()"));
    }

    @Test
    void aGetReadsOnlyInItAndOnlyForNow() {
        session("get").run("CREATE TEMPORARY TABLE x (a Int8)");
        assertEquals(
                "164",
                code(session("get").with("query", "INSERT INTO x VALUES (1)").get()));
        assertEquals(
                "0\n",
                session("get").with("query", "SELECT count() FROM x").get().body());
        session("get").run("INSERT INTO x VALUES (1)");
        assertEquals("1", session("get").run("SELECT count() FROM x"));
    }

    @Test
    void endsWhenToldAndMustExistWhenTold() {
        assertEquals("372", code(session("ends").with("session_check", "1").post("SELECT 1")));
        session("ends").run("CREATE TEMPORARY TABLE x (a Int8)");
        assertEquals("0", session("ends").with("session_check", "1").run("SELECT count() FROM x"));
        session("ends").with("close_session", "1").run("SELECT 1");
        assertEquals("372", code(session("ends").with("session_check", "1").post("SELECT 1")));
    }

    @Test
    void endsWhenIdle() {
        session("idle").with("session_timeout", "0").run("SELECT 1");
        Polling.until(
                "it is closed",
                () -> code(session("idle")
                                .with("session_check", "1")
                                .with("session_timeout", "0")
                                .post("SELECT 1"))
                        .equals("372"));
        assertEquals(
                "374", code(session("idle").with("session_timeout", "9999999").post("SELECT 1")));
        assertEquals("374", code(session("idle").with("session_timeout", "x").post("SELECT 1")));
    }

    @Test
    void aFailedStatementLeavesItUsable() {
        session("fails").run("CREATE TEMPORARY TABLE x (a Int8)");
        assertEquals("27", code(session("fails").post("INSERT INTO x FORMAT TSV\nbad\n")));
        assertEquals("62", code(session("fails").post("SELEC 1")));
        session("fails").run("INSERT INTO x FORMAT TSV\n1\n");
        assertEquals("1", session("fails").run("SELECT count() FROM x"));
    }

    @Test
    void readOnlyHoldsInIt() {
        session("read").run("CREATE TEMPORARY TABLE x (a Int8)");
        assertEquals("164", code(session("read").with("readonly", "1").post("INSERT INTO x VALUES (1)")));
        assertEquals("0", session("read").with("readonly", "1").run("SELECT count() FROM x"));
    }

    @Test
    void isFreeAgainWhenItsAnswerIsThere() {
        for (int i = 0; i < 200; i++) {
            assertEquals(
                    "" + i,
                    session("again")
                            .with("query_id", "again")
                            .with("log_comment", "" + i)
                            .run("SELECT getSetting('log_comment')"));
        }
    }

    private static Http session(String id) {
        return ENGINE.http().with("session_id", id);
    }

    private static String code(HttpResponse<String> response) {
        return header(response, "X-ClickHouse-Exception-Code");
    }
}
