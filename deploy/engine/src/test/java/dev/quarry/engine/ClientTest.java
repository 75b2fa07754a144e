package dev.quarry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.CompressionMethod;
import com.clickhouse.client.api.ServerException;
import com.clickhouse.client.api.data_formats.ClickHouseBinaryFormatReader;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.client.api.query.GenericRecord;
import com.clickhouse.client.api.query.QueryResponse;
import com.clickhouse.client.api.query.QuerySettings;
import com.clickhouse.data.ClickHouseFormat;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tests the engine with ClickHouse's Java client. */
final class ClientTest {
    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension(options -> options.withUser("analyst", "secret"));

    /** How the client compresses. */
    enum Compression {
        NONE,
        LZ4_BLOCKS,
        ZSTD_BLOCKS;

        Client.Builder apply(Client.Builder builder) {
            return switch (this) {
                case NONE -> builder.compressServerResponse(false).compressClientRequest(false);
                case LZ4_BLOCKS ->
                    builder.compressServerResponse(true)
                            .compressClientRequest(true)
                            .compressionMethod(CompressionMethod.LZ4);
                case ZSTD_BLOCKS ->
                    builder.compressServerResponse(true)
                            .compressClientRequest(true)
                            .compressionMethod(CompressionMethod.ZSTD);
            };
        }
    }

    @BeforeAll
    static void table() {
        Http http = ENGINE.http().with("user", "analyst").with("password", "secret");
        http.run("CREATE DATABASE quarry");
        http.run("CREATE TABLE quarry.t (a String, s String) ENGINE = MergeTree ORDER BY a");
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    @SuppressWarnings("try") // The client's close() declares any Exception, so also an interrupt.
    void queriesWithParametersAndSettings(Compression compression) throws Exception {
        try (Client client = client(compression)) {
            QuerySettings settings = new QuerySettings()
                    .setQueryId("from-the-client-" + compression)
                    .serverSetting("log_comment", "it's a\ncomment")
                    .serverSetting("readonly", "1");
            try (QueryResponse response = client.query(
                            "SELECT number, {s:String} AS s, getSetting('log_comment') AS c FROM numbers({n:UInt64})",
                            Map.of("n", 100_000, "s", "it's\ta 'parameter'"),
                            settings)
                    .get()) {
                ClickHouseBinaryFormatReader reader = client.newBinaryFormatReader(response);
                long rows = 0;
                while (reader.next() != null) {
                    assertEquals(rows, reader.getLong("number"));
                    assertEquals("it's\ta 'parameter'", reader.getString("s"));
                    assertEquals("it's a\ncomment", reader.getString("c"));
                    rows++;
                }
                assertEquals(100_000, rows);
                assertEquals("from-the-client-" + compression, response.getQueryId());
                assertEquals(100_000, response.getReadRows());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    @SuppressWarnings("try") // As above.
    void inserts(Compression compression) throws Exception {
        try (Client client = client(compression)) {
            String rows = "{\"a\":\"%1$s\",\"s\":\"x\"}\n{\"a\":\"%1$s\",\"s\":\"y\"}\n".formatted(compression);
            try (InsertResponse response = client.insert(
                            "t",
                            new ByteArrayInputStream(rows.getBytes(StandardCharsets.UTF_8)),
                            ClickHouseFormat.JSONEachRow,
                            new InsertSettings())
                    .get()) {
                assertEquals(2, response.getWrittenRows());
            }
            List<GenericRecord> records = client.queryAll("SELECT s FROM t WHERE a = '" + compression + "' ORDER BY s");
            assertEquals(
                    List.of("x", "y"),
                    records.stream().map(record -> record.getString("s")).toList());
        }
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void failuresKeepTheirCode(Compression compression) {
        try (Client client = client(compression)) {
            ServerException cause = assertThrows(
                    ServerException.class,
                    () -> client.query("SELECT * FROM missing").get());
            assertEquals(60, cause.getCode());
            assertTrue(cause.getMessage().contains("UNKNOWN_TABLE"), cause.getMessage());
        }
    }

    @Test
    void pings() {
        try (Client client = client(Compression.NONE)) {
            assertTrue(client.ping());
        }
    }

    private static Client client(Compression compression) {
        return compression
                .apply(new Client.Builder()
                        .addEndpoint(ENGINE.process().url())
                        .setUsername("analyst")
                        .setPassword("secret")
                        .setDefaultDatabase("quarry"))
                .build();
    }
}
