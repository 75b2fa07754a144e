package dev.quarry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StatementTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "INSERT INTO t FORMAT TSV 1              | INSERT INTO t                  | TSV    | 1",
                "INSERT INTO t VALUES (1)                | INSERT INTO t                  | Values | (1)",
                "INSERT INTO t (a, b) VALUES/* c */ (1)  | INSERT INTO t (a, b)           | Values | (1)",
                "INSERT INTO t(* EXCEPT(a)) FORMAT `CSV` 1 | INSERT INTO t(* EXCEPT(a))   | CSV    | 1",
                "insert INTO `a``format b`.c format X 1   | insert INTO `a``format b`.c    | X      | 1",
                "INSERT INTO \"a\\\" format b\" FORMAT X 1 | INSERT INTO \"a\\\" format b\" | X      | 1",
                "INSERT INTO db.values VALUES (1)         | INSERT INTO db.values          | Values | (1)",
                "INSERT INTO db.1t FORMAT X 1             | INSERT INTO db.1t              | X      | 1",
                "INSERT INTO FUNCTION file('values.csv', 'CSV', 'a Int8') PARTITION BY a VALUES (1)"
                        + "| INSERT INTO FUNCTION file('values.csv', 'CSV', 'a Int8') PARTITION BY a | Values | (1)",
                "INSERT INTO t SETTINGS a = 'FORMAT', b = 1 FORMAT X 1"
                        + "| INSERT INTO t SETTINGS a = 'FORMAT', b = 1 | X | 1",
                "INSERT INTO t SETTINGS a = $x$ FORMAT $x$ FORMAT X 1 | INSERT INTO t SETTINGS a = $x$ FORMAT $x$ | X | 1",
                "/* INSERT */ INSERT INTO t -- FORMAT Y | none | none | none"
            })
    void anInsertIsCutWhereItsDataBegins(String sql, String head, String format, String data) {
        Statement statement =
                Statement.parse(bytes(sql), bytes(sql).length, true).orElseThrow();
        if (format.equals("none")) {
            assertInstanceOf(Statement.Whole.class, statement);
            return;
        }
        Statement.Insert insert = assertInstanceOf(Statement.Insert.class, statement);
        assertEquals(head, text(insert.head()).strip());
        assertEquals(format, insert.format());
        assertEquals(data, sql.substring(insert.dataStart()));
    }

    /** However the network cuts the text, the outcome is the same. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO quarry.`t` (a, b) SETTINGS x = 'y' FORMAT JSONEachRow\n{\"a\":1}",
                "/* c */ INSERT INTO t VALUES (1, 'x')",
                "INSERT INTO FUNCTION null('a Int8') FORMAT RowBinary \r\n\u0001"
            })
    void aPartOfAnInsertIsNeverMisread(String sql) {
        Statement.Insert whole = assertInstanceOf(
                Statement.Insert.class,
                Statement.parse(bytes(sql), bytes(sql).length, true).get());
        for (int length = 0; length < sql.length(); length++) {
            Optional<Statement> part = Statement.parse(bytes(sql), length, false);
            if (part.isPresent()) {
                Statement.Insert insert = assertInstanceOf(Statement.Insert.class, part.get());
                assertEquals(text(whole.head()), text(insert.head()));
                assertEquals(whole.format(), insert.format());
                assertEquals(whole.dataStart(), insert.dataStart());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "SELECT 1                                   | none",
                "SELECT 1 FORMAT JSON                       | JSON",
                "SELECT 1 FORMAT JSON;                      | JSON",
                "SELECT 1 FORMAT JSON SETTINGS max_threads = 1 | JSON",
                "SELECT ' FORMAT JSON'                      | none",
                "SELECT 1 -- FORMAT JSON                    | none",
                "SELECT format FROM t                       | none",
                "SELECT * FROM (SELECT 1 FORMAT JSON)       | none",
                "INSERT INTO t SELECT 1                     | none",
                "WITH 1 AS x INSERT INTO t SELECT x         | none"
            })
    void anythingElseIsWholeAndKnowsItsFormat(String sql, String format) {
        Statement.Whole whole = assertInstanceOf(
                Statement.Whole.class,
                Statement.parse(bytes(sql), bytes(sql).length, true).get());
        assertEquals(format, whole.format().orElse("none"));
        assertTrue(Statement.parse(bytes(sql), bytes(sql).length, false).isEmpty());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "62  | SELECT 1; SELECT 2",
                "62  | SELECT ';'; DROP TABLE t",
                "62  | -- nothing",
                "62  | ;;",
                "358 | SELECT 1 INTO OUTFILE 'x'",
                "358 | SELECT 1 INTO /* c */ OUTFILE 'x' FORMAT CSV",
                "62  | INSERT INTO t FORMAT TSV; 1",
                "48  | INSERT INTO t SELECT * FROM input('a Int8') FORMAT TSV",
                "78  | INSERT INTO t FROM INFILE 'x' FORMAT TSV"
            })
    void whatHttpDoesNotAllowIsRefused(int code, String sql) {
        EngineException refused =
                assertThrows(EngineException.class, () -> Statement.parse(bytes(sql), bytes(sql).length, true));
        assertEquals(code, refused.code());
    }

    @Test
    void aTrailingSemicolonIsNotASecondStatement() {
        String sql = "SELECT ';' ; /* the end */ ;\n";
        Statement.Whole whole = assertInstanceOf(
                Statement.Whole.class,
                Statement.parse(bytes(sql), bytes(sql).length, true).get());
        assertEquals("SELECT ';'", text(whole.sql()).strip());
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(MemorySegment segment) {
        return new String(segment.toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
