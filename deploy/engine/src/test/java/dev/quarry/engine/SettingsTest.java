package dev.quarry.engine;

import static dev.quarry.engine.ProtocolTest.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SettingsTest {
    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension();

    @BeforeAll
    static void table() {
        ENGINE.http().run("CREATE DATABASE quarry");
        ENGINE.http().run("CREATE TABLE quarry.t (a Int64) ENGINE = MergeTree ORDER BY a");
        ENGINE.http().run("INSERT INTO quarry.t SELECT number FROM numbers(10)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "plain",
                "it's \"quoted\" and `quoted`",
                "back\\slash \\' \\n \\",
                "two\nlines\r\nand\ta tab",
                "{braces:String} ${dollar} %s",
                "' , readonly = '0",
                "żółć \uD83D\uDC18",
                ";-- DROP TABLE quarry.t"
            })
    void aValueArrivesUnchanged(String value) {
        assertEquals(
                value,
                ENGINE.http()
                        .with("log_comment", value)
                        .with("default_format", "TabSeparatedRaw")
                        .run("SELECT getSetting('log_comment')"));
    }

    @Test
    void anUnknownSettingIsRefusedByName() {
        HttpResponse<String> response =
                ENGINE.http().with("no_such_setting", "1").post("SELECT 1");
        assertEquals(404, response.statusCode());
        assertEquals("115", header(response, "X-ClickHouse-Exception-Code"));
        assertTrue(response.body().contains("no_such_setting"), response.body());
    }

    @Test
    void aValueOfTheWrongTypeIsRefused() {
        HttpResponse<String> response =
                ENGINE.http().with("max_threads", "many").post("SELECT 1");
        assertEquals(400, response.statusCode());
        assertEquals("27", header(response, "X-ClickHouse-Exception-Code"));
    }

    @Test
    void tooManyRowsOfAnAnswerAreAnError() {
        HttpResponse<String> response = ENGINE.http()
                .with("max_result_rows", "5")
                .with("result_overflow_mode", "throw")
                .post("SELECT a FROM quarry.t");
        assertEquals(500, response.statusCode());
        assertEquals("396", header(response, "X-ClickHouse-Exception-Code"));
    }

    @Test
    void theGuardsOfAServiceAreAccepted() {
        assertEquals(
                "3",
                ENGINE.http()
                        .with("readonly", "1")
                        .with("max_execution_time", "5")
                        .with("max_memory_usage", "500000000")
                        .with("max_rows_to_read", "100")
                        .with("max_result_rows", "100")
                        .with("max_result_bytes", "1000000")
                        .with("result_overflow_mode", "throw")
                        .with("read_overflow_mode", "throw")
                        .with("timeout_overflow_mode", "throw")
                        .with("timeout_before_checking_execution_speed", "0")
                        .with("additional_table_filters", "{'quarry.t': 'a IN (1, 2, 3)'}")
                        .with("log_comment", "{\"tenant\":\"a\"}")
                        .with("wait_end_of_query", "1")
                        .with("send_progress_in_http_headers", "0")
                        .run("SELECT count() FROM quarry.t"));
    }

    @Test
    void readOnlyReadsAndKeepsItsSettings() {
        assertEquals("1", ENGINE.http().with("readonly", "1").run("SELECT 1"));
        for (String sql : new String[] {
            "INSERT INTO quarry.t VALUES (1)",
            "INSERT INTO quarry.t FORMAT TSV\n1\n",
            "INSERT INTO quarry.t SELECT 1",
            "DROP TABLE quarry.t",
            "SELECT 1 SETTINGS max_result_rows = 0",
            "SET readonly = 0"
        }) {
            HttpResponse<String> response = ENGINE.http()
                    .with("readonly", "1")
                    .with("max_result_rows", "5")
                    .post(sql);
            assertEquals("164", header(response, "X-ClickHouse-Exception-Code"), sql);
        }
    }

    @Test
    void aGetReadsOnly() {
        assertEquals(
                "10\n",
                ENGINE.http()
                        .with("query", "SELECT count() FROM quarry.t")
                        .get()
                        .body());
        for (String readOnly : new String[] {"0", "1", "2"}) {
            HttpResponse<String> response = ENGINE.http()
                    .with("query", "INSERT INTO quarry.t VALUES (11)")
                    .with("readonly", readOnly)
                    .get();
            assertEquals(500, response.statusCode());
            assertEquals("164", header(response, "X-ClickHouse-Exception-Code"));
        }
    }

    @Test
    void theDatabaseComesFromTheParameterOrTheHeader() {
        assertEquals("quarry", ENGINE.http().with("database", "quarry").run("SELECT currentDatabase()"));
        assertEquals(
                "quarry",
                ENGINE.http().header("X-ClickHouse-Database", "quarry").run("SELECT currentDatabase()"));
        assertEquals("default", ENGINE.http().run("SELECT currentDatabase()"));
        HttpResponse<String> response =
                ENGINE.http().with("database", "no`such'one").post("SELECT 1");
        assertEquals(404, response.statusCode());
        assertEquals("81", header(response, "X-ClickHouse-Exception-Code"));
    }
}
