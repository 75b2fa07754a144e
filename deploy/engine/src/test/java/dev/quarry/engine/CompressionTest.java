package dev.quarry.engine;

import static dev.quarry.engine.ProtocolTest.header;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class CompressionTest {
    private static final String SQL = "SELECT number, toString(sipHash64(number)) FROM numbers(200000)";

    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension();

    @ParameterizedTest
    @EnumSource(BlockOutputStream.Method.class)
    void anAnswerComesInBlocks(BlockOutputStream.Method method) throws IOException {
        byte[] plain = ENGINE.http().postForBytes(BodyPublishers.ofString(SQL)).body();
        HttpResponse<byte[]> compressed = ENGINE.http()
                .with("compress", "1")
                .with("network_compression_method", method.name())
                .postForBytes(BodyPublishers.ofString(SQL));
        assertArrayEquals(plain, new BlockInputStream(new ByteArrayInputStream(compressed.body())).readAllBytes());
    }

    @ParameterizedTest
    @EnumSource(BlockOutputStream.Method.class)
    void aBodyComesInBlocks(BlockOutputStream.Method method) throws IOException {
        assertEquals("3", text(ENGINE.http().with("decompress", "1").postForBytes(blocks("SELECT 1 + 2", method))));
    }

    @Test
    void httpContentCodingsAreNotSupported() {
        HttpResponse<byte[]> response = ENGINE.http()
                .with("enable_http_compression", "1")
                .header("Accept-Encoding", "gzip")
                .postForBytes(BodyPublishers.ofString("SELECT 1"));
        assertEquals("", header(response, "Content-Encoding"));
        assertEquals("1", text(response));
        assertCode("89", ENGINE.http().header("Content-Encoding", "gzip").postForBytes(BodyPublishers.ofString("x")));
    }

    @Test
    void brokenBlocksAreRefused() throws IOException {
        byte[] broken = bytes("SELECT 1", BlockOutputStream.Method.LZ4);
        broken[broken.length - 1] ^= 1;
        assertCode("271", ENGINE.http().with("decompress", "1").postForBytes(BodyPublishers.ofByteArray(broken)));
        assertCode("271", ENGINE.http().with("decompress", "1").postForBytes(BodyPublishers.ofString("SELECT 1")));
    }

    @ParameterizedTest
    @EnumSource(BlockOutputStream.Method.class)
    void blocksOfAnySizeReadBackAsWritten(BlockOutputStream.Method method) throws IOException {
        for (int size : new int[] {0, 1, 4096, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5_000_000}) {
            byte[] data = new byte[size];
            new Random(size).nextBytes(data);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            try (BlockOutputStream blocks = new BlockOutputStream(out, method)) {
                blocks.write(data);
            }
            assertArrayEquals(data, new BlockInputStream(new ByteArrayInputStream(out.toByteArray())).readAllBytes());
        }
    }

    private static void assertCode(String code, HttpResponse<byte[]> response) {
        assertEquals(code, header(response, "X-ClickHouse-Exception-Code"), () -> text(response));
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8).strip();
    }

    private static BodyPublisher blocks(String text, BlockOutputStream.Method method) throws IOException {
        return BodyPublishers.ofByteArray(bytes(text, method));
    }

    private static byte[] bytes(String text, BlockOutputStream.Method method) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (BlockOutputStream blocks = new BlockOutputStream(out, method)) {
            blocks.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return out.toByteArray();
    }
}
