package dev.quarry.engine;

import static dev.quarry.engine.ProtocolTest.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ErrorTest {
    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension();

    @BeforeAll
    static void table() {
        ENGINE.http().run("CREATE DATABASE quarry");
        ENGINE.http().run("CREATE TABLE quarry.t (a Int64) ENGINE = MergeTree ORDER BY a");
        ENGINE.http().run("INSERT INTO quarry.t SELECT number FROM numbers(100)");
        ENGINE.http().run("""
                CREATE TABLE quarry.strict
                (
                    a Int64,
                    b Float64 DEFAULT throwIf(1, 'b is missing'),
                    e Enum8('x' = 1),
                    CONSTRAINT a_is_from_0 CHECK a >= 0
                )
                ENGINE = MergeTree ORDER BY a
                """);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "62  | 400 | SYNTAX_ERROR           | SELEC 1",
                "62  | 400 | SYNTAX_ERROR           | 1 + 1",
                "62  | 400 | SYNTAX_ERROR           | SELECT 1; SELECT 2",
                "60  | 404 | UNKNOWN_TABLE          | SELECT * FROM quarry.missing",
                "81  | 404 | UNKNOWN_DATABASE       | SELECT * FROM missing.t",
                "47  | 404 | UNKNOWN_IDENTIFIER     | SELECT missing FROM quarry.t",
                "46  | 404 | UNKNOWN_FUNCTION       | SELECT missing(1)",
                "115 | 404 | UNKNOWN_SETTING        | SELECT 1 SETTINGS missing = 1",
                "73  | 404 | UNKNOWN_FORMAT         | SELECT 1 FORMAT Missing",
                "50  | 404 | UNKNOWN_TYPE           | SELECT CAST(1 AS Missing)",
                "56  | 404 | UNKNOWN_STORAGE        | CREATE TABLE quarry.x (a Int8) ENGINE = Missing",
                "57  | 500 | TABLE_ALREADY_EXISTS   | CREATE TABLE quarry.t (a Int8) ENGINE = Memory",
                "43  | 500 | ILLEGAL_TYPE_OF_ARGUMENT | SELECT 1 + 'a'",
                "6   | 400 | CANNOT_PARSE_TEXT      | SELECT toInt32('a')",
                "38  | 400 | CANNOT_PARSE_DATE      | SELECT toDate('nonsense')",
                "36  | 400 | BAD_ARGUMENTS          | SELECT toDateTime('2026-02-20 00:00:00', 'No/Zone')",
                "395 | 500 | FUNCTION_THROW_IF_VALUE_IS_NON_ZERO | SELECT throwIf(1)",
                "159 | 408 | TIMEOUT_EXCEEDED       | SELECT sum(sipHash64(number)) FROM numbers(1000000000000)"
                        + " SETTINGS max_execution_time = 0.2",
                "241 | 500 | MEMORY_LIMIT_EXCEEDED  | SELECT groupArray(number) FROM numbers(100000000)"
                        + " SETTINGS max_memory_usage = 10000000",
                "158 | 500 | TOO_MANY_ROWS          | SELECT sum(a) FROM quarry.t SETTINGS max_rows_to_read = 10",
                "396 | 500 | TOO_MANY_ROWS_OR_BYTES | SELECT a FROM quarry.t SETTINGS max_result_rows = 10",
                "358 | 500 | INTO_OUTFILE_NOT_ALLOWED | SELECT 1 INTO OUTFILE 'x'"
            })
    void hasClickHousesCodeStatusAndText(int code, int status, String name, String sql) {
        HttpResponse<String> response = ENGINE.http().post(sql);
        assertEquals(Integer.toString(code), header(response, "X-ClickHouse-Exception-Code"), response::body);
        assertEquals(status, response.statusCode());
        assertTrue(response.body().startsWith("Code: " + code + ". DB::Exception: "), response::body);
        assertTrue(response.body().contains("(" + name + ")"), response::body);
        assertTrue(response.body().contains("(version "), response::body);
    }

    /** A failure that the data of an INSERT can cause is the client's error, in any way of inserting. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "395 | INSERT INTO quarry.strict (a) FORMAT CSV 1",
                "395 | INSERT INTO quarry.strict (a) SELECT 1",
                "469 | INSERT INTO quarry.strict (a, b) FORMAT CSV -1,1",
                "469 | INSERT INTO quarry.strict (a, b) SELECT -1, 1",
                "691 | INSERT INTO quarry.strict (a, b, e) FORMAT CSV 1,1,z",
                "72  | INSERT INTO quarry.strict (a, b) FORMAT CSV 1,z",
                "16  | INSERT INTO quarry.strict (a, b, missing) VALUES (1, 1, 1)",
                "20  | INSERT INTO quarry.strict (a, b) SELECT 1"
            })
    void anInsertThatItsDataRefusesIsTheClientsMistake(int code, String sql) {
        HttpResponse<String> response = ENGINE.http().with("async_insert", "0").post(sql);
        assertEquals(Integer.toString(code), header(response, "X-ClickHouse-Exception-Code"), response::body);
        assertEquals(400, response.statusCode(), response::body);
    }

    @Test
    void anUnsupportedInsertIsNotAClientError() {
        HttpResponse<String> response = ENGINE.http()
                .with("max_memory_usage", "10000000")
                .post("INSERT INTO quarry.t SELECT arrayJoin(groupArray(number)) FROM numbers(100000000)");
        assertEquals("241", header(response, "X-ClickHouse-Exception-Code"), response::body);
        assertEquals(500, response.statusCode());
    }

    @Test
    void aStatementThatIsTooLongIsRefused() {
        String sql = "SELECT length('" + "x".repeat(400_000) + "')";
        assertEquals("62", header(ENGINE.http().post(sql), "X-ClickHouse-Exception-Code"));
        assertEquals(
                200, ENGINE.http().with("max_query_size", "1000000").post(sql).statusCode());
    }

    @Test
    void malformedRequestsAreRefused() {
        assertEquals("36", header(ENGINE.http().with("readonly", "x").post(""), "X-ClickHouse-Exception-Code"));
        assertEquals("62", header(ENGINE.http().post("  "), "X-ClickHouse-Exception-Code"));
        assertEquals("62", header(ENGINE.http().post(";"), "X-ClickHouse-Exception-Code"));
    }
}
