package dev.quarry.tabular;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.testing.ArrowAnswer;
import dev.quarry.testing.Stores;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.ByteArrayOutputStream;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.arrow.flatbuf.Message;
import org.apache.arrow.flatbuf.RecordBatch;
import org.junit.jupiter.api.Test;

/** ClickHouse reads the streams, and its rows are compared with the JSON of the same rows. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ArrowTableTest {
    private static final int MESSAGE_PREFIX = 8;

    private static final Everything FULL = new Everything(
            true,
            false,
            Integer.MIN_VALUE,
            Integer.MAX_VALUE,
            Long.MIN_VALUE,
            Long.MAX_VALUE,
            0.1,
            -1.5e300,
            3L,
            new BigDecimal("12.25"),
            "é 😀 \u0000 \"\n",
            Instant.parse("1969-12-31T23:59:59.999Z"),
            "2026-02-20T12:00:00.250Z",
            LocalDate.of(1950, 5, 5),
            Odd.FIRST,
            List.of(1, 2),
            Map.of("a", 1L));

    private static final Everything EMPTY = new Everything(
            false, null, 0, null, 0, null, 0, null, null, null, null, null, null, null, null, null, null);

    @Inject
    TableAnswers answers;

    @Inject
    ObjectMapper json;

    @RegisterForReflection
    enum Odd {
        @JsonProperty("the first")
        FIRST
    }

    @RegisterForReflection
    record Everything(
            boolean truth,
            Boolean truthOrNull,
            int small,
            Integer smallOrNull,
            long whole,
            Long wholeOrNull,
            double fraction,
            Double fractionOrNull,
            Number either,
            BigDecimal decimal,
            String text,
            Instant instant,
            @Timestamp String written,
            LocalDate day,
            Odd choice,
            List<Integer> list,
            Map<String, Long> counts) {}

    @RegisterForReflection
    record Numbered(long number, Long third, String text) {
        static Numbered of(int number) {
            return new Numbered(
                    number, number % 3 == 0 ? (Long) (long) number : null, number % 5 == 0 ? null : "é" + number);
        }
    }

    @Test
    void everyTypeIsReadBack() throws Exception {
        requireReadBack(Everything.class, List.of(FULL, EMPTY, FULL));
        requireReadBack(Everything.class, List.of(EMPTY));
    }

    @Test
    void typesDoNotDependOnTheRows() {
        List<String> types = List.of(
                "Nullable(Bool)",
                "Nullable(Bool)",
                "Nullable(Int32)",
                "Nullable(Int32)",
                "Nullable(Int64)",
                "Nullable(Int64)",
                "Nullable(Float64)",
                "Nullable(Float64)",
                "Nullable(Float64)",
                "Nullable(Float64)",
                "Nullable(String)",
                "Nullable(DateTime64(3, 'UTC'))",
                "Nullable(DateTime64(3, 'UTC'))",
                "Nullable(Date32)",
                "Nullable(String)",
                "Nullable(String)",
                "Nullable(String)");
        for (List<Everything> rows : List.of(List.<Everything>of(), List.of(EMPTY), List.of(FULL))) {
            ArrowAnswer read = ArrowAnswer.read(table(Everything.class, rows).bytes());
            assertEquals(types, read.types());
            assertEquals(rows.size(), read.rows().size());
        }
    }

    @Test
    void manyRowsAreReadBack() throws Exception {
        requireReadBack(Numbered.class, numbered(2_500));
    }

    @Test
    void manyRowsAreInSeveralBatches() {
        List<byte[]> parts = table(Numbered.class, numbered(600)).parts().toList();

        assertEquals(
                List.of(256L, 256L, 88L),
                parts.subList(1, parts.size() - 1).stream()
                        .map(ArrowTableTest::rows)
                        .toList());
        for (byte[] part : parts) {
            assertEquals(0, part.length % 8);
        }
    }

    @Test
    void lengthIsThatOfTheBytes() throws Exception {
        EncodedTable table = table(Numbered.class, numbered(2_500));
        var written = new ByteArrayOutputStream();
        table.write(written);

        assertEquals(written.size(), table.length());
        assertArrayEquals(written.toByteArray(), table.bytes());
    }

    private static List<Numbered> numbered(int rows) {
        return IntStream.range(0, rows).mapToObj(Numbered::of).toList();
    }

    private static long rows(byte[] message) {
        Message read =
                Message.getRootAsMessage(ByteBuffer.wrap(message, MESSAGE_PREFIX, message.length - MESSAGE_PREFIX)
                        .slice());
        return ((RecordBatch) read.header(new RecordBatch())).length();
    }

    private <R> void requireReadBack(Class<R> type, List<R> rows) throws Exception {
        ArrowAnswer.read(table(type, rows).bytes()).requireRowsOf(json.writeValueAsString(rows));
    }

    private <R> EncodedTable table(Class<R> type, List<R> rows) {
        return answers.encode(TableFormat.ARROW, new Table<>(type, rows));
    }
}
