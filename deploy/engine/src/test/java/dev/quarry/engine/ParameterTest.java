package dev.quarry.engine;

import static dev.quarry.engine.ProtocolTest.header;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ParameterTest {
    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension();

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "String           | it's; DROP -- x   | it's; DROP -- x",
                "String           | a\\'b\\\\c \\x41     | a'b\\c A",
                "Int64            | -42               | -42",
                "Nullable(String) | \\N               | \\N",
                "Array(String)    | ['a','b\\'c']   | ['a','b\\'c']",
                "Date             | 2026-02-20        | 2026-02-20",
                "DateTime64(3)    | 2026-02-20 13:00:00.125 | 2026-02-20 13:00:00.125",
                "UUID             | 61f0c404-5cb3-11e7-907b-a6006ad3dba0 | 61f0c404-5cb3-11e7-907b-a6006ad3dba0",
                "Map(String, Int8)| {'a':1}           | {'a':1}"
            })
    void isBoundByType(String type, String value, String expected) {
        assertEquals(
                expected,
                ENGINE.http()
                        .with("param_x", value)
                        .with("default_format", "TabSeparatedRaw")
                        .run("SELECT {x:" + type + "}"));
    }

    @Test
    void namesAreCaseSensitiveAndIdentifiersAreBound() {
        assertEquals(
                "1\t2\t3",
                ENGINE.http()
                        .with("param_x", "1")
                        .with("param_X", "2")
                        .with("param_table", "one")
                        .with("param_database", "system")
                        .run("SELECT {x:Int8}, {X:Int8}, count() + 2 FROM {database:Identifier}.{table:Identifier}"));
    }

    @Test
    void aMissingParameterIsReported() {
        HttpResponse<String> response = ENGINE.http().post("SELECT {x:String}");
        assertEquals("456", header(response, "X-ClickHouse-Exception-Code"));
    }

    @Test
    void aParameterOfTheWrongTypeIsRefused() {
        HttpResponse<String> response =
                ENGINE.http().with("param_x", "1 OR 1=1").post("SELECT {x:Int64}");
        assertEquals("457", header(response, "X-ClickHouse-Exception-Code"));
    }
}
