package dev.quarry.tabular;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {
    private static final List<Column<String>> COLUMNS = List.of(new Column<>("name", String.class, name -> name));

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\t=1"})
    void textThatASpreadsheetWouldEvaluateGetsAnApostrophe(String formula) {
        assertEquals("name\r\n'" + formula + "\r\n", lines(formula, true));
    }

    @Test
    void textCanBeLeftAsItIs() {
        assertEquals("name\r\n=1+1\r\n", lines("=1+1", false));
    }

    @Test
    void numbersStayNumbers() {
        var numbers = new Csv<>(List.of(-1), List.of(new Column<Integer>("value", int.class, number -> number)), true);

        assertEquals("value\r\n-1\r\n", text(numbers));
    }

    @Test
    void fieldsWithSeparatorsAreQuoted() {
        assertEquals("name\r\n\"a,\"\"b\"\"\r\nc\"\r\n", lines("a,\"b\"\r\nc", true));
    }

    @Test
    void lengthIsThatOfTheBytes() {
        var csv = new Csv<>(List.of("é", "=1", "a,b"), COLUMNS, true);

        assertEquals(csv.bytes().length, csv.length());
    }

    private static String lines(String name, boolean plainText) {
        return text(new Csv<>(List.of(name), COLUMNS, plainText));
    }

    private static String text(Csv<?> csv) {
        return new String(csv.bytes(), StandardCharsets.UTF_8);
    }
}
