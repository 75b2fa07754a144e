package dev.quarry.engine;

import static dev.quarry.engine.ProtocolTest.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class InsertTest {
    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension(options -> options.withMemory("64m"));

    @BeforeEach
    void table() {
        ENGINE.http().run("CREATE DATABASE IF NOT EXISTS quarry");
        ENGINE.http().run("DROP TABLE IF EXISTS quarry.t SYNC");
        ENGINE.http().run("CREATE TABLE quarry.t (a Int64, s String DEFAULT 'none') ENGINE = MergeTree ORDER BY a");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO quarry.t VALUES (1, 'x'), (2, 'y')",
                "INSERT INTO quarry.t VALUES (1, 'x'), (2, lower('Y'));",
                "insert into quarry.t format TSV\n1\tx\n2\ty\n",
                "INSERT INTO quarry.t FORMAT TabSeparated 1\tx\n2\ty\n",
                "INSERT INTO quarry.t FORMAT TSV\r\n1\tx\n2\ty\n",
                "INSERT INTO TABLE quarry.t (a, s) FORMAT CSV\n1,x\n2,y\n",
                "INSERT INTO quarry.t (s, a) FORMAT JSONEachRow {\"a\":1,\"s\":\"x\"} {\"a\":2,\"s\":\"y\"}",
                "-- FORMAT CSV\n/* VALUES /* nested */ */ INSERT INTO `quarry`.\"t\" FORMAT TSV\n1\tx\n2\ty\n",
                "INSERT INTO quarry.t (a, `s`) SETTINGS log_comment = 'FORMAT x' FORMAT TSV\n1\tx\n2\ty\n",
                "INSERT INTO quarry.t SETTINGS async_insert = 1, wait_for_async_insert = 1 VALUES (1, 'x'), (2, 'y')",
                "INSERT INTO FUNCTION remote('127.0.0.1', quarry.t) SELECT 3, '' WHERE 0;",
                "INSERT INTO quarry.t SELECT number + 1, ['x', 'y'][number + 1] FROM numbers(2)",
                "INSERT INTO quarry.t (a, s) (SELECT 1, 'x' UNION ALL SELECT 2, 'y')",
                "INSERT INTO quarry.t WITH 'x' AS x SELECT 1, x UNION ALL SELECT 2, 'y'",
                "WITH 'x' AS x INSERT INTO quarry.t SELECT 1, x UNION ALL SELECT 2, 'y'"
            })
    void takesEveryFormOfTheStatement(String sql) {
        HttpResponse<String> response = ENGINE.http().post(sql);
        assertEquals(200, response.statusCode(), response::body);
        if (!sql.contains("WHERE 0")) {
            assertEquals("1\tx\n2\ty", rows());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO quarry.t FORMAT TSV",
                "INSERT INTO quarry.t (a, s) FORMAT `TSV`  ",
                "INSERT INTO {database:Identifier}.{table:Identifier} FORMAT TSV"
            })
    void takesTheDataFromTheBody(String sql) {
        HttpResponse<String> response = ENGINE.http()
                .with("query", sql)
                .with("param_database", "quarry")
                .with("param_table", "t")
                .post("1\tx\n2\ty\n");
        assertEquals(200, response.statusCode(), response::body);
        assertTrue(header(response, "X-ClickHouse-Summary").contains("\"written_rows\":\"2\""));
        assertEquals("1\tx\n2\ty", rows());
    }

    @Test
    void takesValuesFromTheBody() {
        ENGINE.http().with("query", "INSERT INTO quarry.t VALUES").run("(1, 'x;'), (2, 'FORMAT y')");
        assertEquals("1\tx;\n2\tFORMAT y", rows());
        HttpResponse<String> response =
                ENGINE.http().with("query", "INSERT INTO quarry.t").post("(1,'x')");
        assertEquals("62", header(response, "X-ClickHouse-Exception-Code"));
    }

    @Test
    void namesMayLookLikeKeywords() {
        ENGINE.http().run("CREATE TABLE quarry.`values` (`format` Int8, `se``lect` Int8) ENGINE = Memory");
        ENGINE.http().run("INSERT INTO quarry.values (format, `se``lect`) FORMAT TSV\n1\t2\n");
        ENGINE.http().with("database", "quarry").run("INSERT INTO values VALUES (3, 4)");
        assertEquals("1\t2\n3\t4", ENGINE.http().run("SELECT * FROM quarry.values ORDER BY ALL"));
        ENGINE.http().run("DROP TABLE quarry.`values`");
    }

    @Test
    void binaryDataMayHaveAnyBytes() {
        byte[] text = "a\n\nb;\0\u0001INSERT 'x".getBytes(StandardCharsets.UTF_8);
        byte[] head = "INSERT INTO quarry.t FORMAT RowBinary\n".getBytes(StandardCharsets.UTF_8);
        ByteBuffer body = ByteBuffer.allocate(head.length + 2 * (Long.BYTES + 1 + text.length))
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(head);
        for (long key : new long[] {10, 2570}) {
            body.putLong(key).put((byte) text.length).put(text);
        }
        assertEquals(
                200,
                ENGINE.http()
                        .postForBytes(BodyPublishers.ofByteArray(body.array()))
                        .statusCode());
        assertEquals(
                "10\t1\n2570\t1",
                ENGINE.http()
                        .with("param_hex", HexFormat.of().withUpperCase().formatHex(text))
                        .run("SELECT a, hex(s) = {hex:String} FROM quarry.t ORDER BY a"));
    }

    @Test
    void noParametersAreAllowed() {
        ENGINE.http().with("query", "INSERT INTO quarry.t FORMAT TSV").run("");
        assertEquals("", rows());
    }

    @Test
    void aBadRowInsertsNothingAndIsReported() {
        HttpResponse<String> response =
                ENGINE.http().with("query", "INSERT INTO quarry.t FORMAT TSV").post("1\tx\nbad\ty\n3\tz\n");
        assertEquals(400, response.statusCode());
        assertEquals("27", header(response, "X-ClickHouse-Exception-Code"));
        assertTrue(response.body().contains("at row 2"), response.body());
        assertEquals("", rows());
    }

    @Test
    void aRefusedInsertFailsBeforeItsDataIsRead() {
        assertCode("60", "INSERT INTO quarry.missing FORMAT TSV");
        assertCode("73", "INSERT INTO quarry.t FORMAT Nonsense");
        assertCode("16", "INSERT INTO quarry.t (b) FORMAT TSV");
        assertCode("78", "INSERT INTO quarry.t FROM INFILE 'x' FORMAT TSV");
    }

    /** The engine would take no row from the data and say nothing. */
    @Test
    void theInputFunctionIsRefusedRatherThanIgnored() {
        HttpResponse<String> response = ENGINE.http()
                .with("query", "INSERT INTO quarry.t SELECT a, s FROM input('a Int64, s String') FORMAT TSV")
                .post("1\tx\n");
        assertEquals(501, response.statusCode());
        assertEquals("48", header(response, "X-ClickHouse-Exception-Code"));
    }

    @Test
    void aBodyThatBreaksOffInsertsNothing() throws IOException {
        URI uri = URI.create(ENGINE.process().url());
        try (Socket socket = new Socket(uri.getHost(), uri.getPort())) {
            OutputStream out = socket.getOutputStream();
            String head = "POST /?query_id=broken&query=INSERT+INTO+quarry.t+FORMAT+TSV HTTP/1.1";
            String announced = "Host: x\r\nContent-Length: 1000";
            out.write((head + "\r\n" + announced + "\r\n\r\n1\tx\n2\ty\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
        Polling.until(
                "the insert is over",
                () -> ENGINE.http().with("query_id", "broken").post("SELECT 1").statusCode() == 200);
        assertEquals("", rows());
    }

    /** 2 million rows, half a gigabyte, through a process with a heap of 64 MiB. */
    @Test
    void aLargeInsertNeedsNoMoreMemoryThanItsBlocks() throws IOException {
        long before = peakKibibytes();
        int rows = 2_000_000;
        HttpResponse<String> response = ENGINE.http()
                .with("query", "INSERT INTO quarry.t FORMAT RowBinary")
                .with("max_insert_block_size", "50000")
                .with("min_insert_block_size_rows", "50000")
                .with("min_insert_block_size_bytes", "16000000")
                .post(BodyPublishers.ofInputStream(() -> new Rows(rows)));
        assertEquals(200, response.statusCode(), response::body);
        assertEquals(
                rows + "\t" + (long) rows * (rows - 1) / 2 + "\t245",
                ENGINE.http().run("SELECT count(), sum(a), any(length(s)) FROM quarry.t"));
        long grown = peakKibibytes() - before;
        assertTrue(grown < 450_000, "the process grew by " + grown + " KiB");
    }

    private static void assertCode(String code, String sql) {
        HttpResponse<String> response =
                ENGINE.http().with("query", sql).post(BodyPublishers.ofInputStream(() -> new Rows(100_000)));
        assertEquals(code, header(response, "X-ClickHouse-Exception-Code"), response::body);
    }

    private static String rows() {
        return ENGINE.http().run("SELECT a, s FROM quarry.t ORDER BY a");
    }

    private static long peakKibibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc", "" + ENGINE.process().pid(), "status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    /** RowBinary rows of 255 bytes, made while they are read. */
    private static final class Rows extends InputStream {
        private static final int TEXT = 245;
        private static final int ROW = Long.BYTES + 2 + TEXT;

        private final long bytes;
        private long position;
        private final ByteBuffer row = ByteBuffer.allocate(ROW)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0)
                .put((byte) (TEXT | 0x80))
                .put((byte) (TEXT >> 7));

        private Rows(int count) {
            bytes = (long) count * ROW;
        }

        @Override
        public int read() {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (position == bytes) {
                return -1;
            }
            int count = 0;
            while (count < length && position < bytes) {
                int inRow = (int) (position % ROW);
                row.putLong(0, position / ROW);
                int step = Math.min(length - count, ROW - inRow);
                row.get(inRow, target, offset + count, step);
                count += step;
                position += step;
            }
            return count;
        }
    }
}
