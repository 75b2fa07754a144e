package dev.quarry.local.samples;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.data.ClickHouseFormat;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;

/** Collects rows by table, and inserts them in batches of a few mebibytes, which limits the memory for any file. */
final class BronzeWriter {
    private static final int PIECE_BYTES = 4 << 20;

    private final Client client;
    private final String database;
    private final Map<String, ByteArrayOutputStream> pieces = new LinkedHashMap<>();
    private final JsonMapper json = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .addModule(new SimpleModule().addSerializer(new InstantSerializer()))
            .build();

    BronzeWriter(Client client, String database) {
        this.client = client;
        this.database = database;
    }

    void write(BronzeRow row) {
        ByteArrayOutputStream piece = pieces.computeIfAbsent(row.table(), _ -> new ByteArrayOutputStream());
        try {
            piece.writeBytes(json.writeValueAsBytes(row));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        piece.write('\n');
        if (piece.size() >= PIECE_BYTES) {
            insert(row.table(), piece);
        }
    }

    /** Inserts the remaining rows. */
    void finish() {
        pieces.forEach((table, piece) -> {
            if (piece.size() > 0) {
                insert(table, piece);
            }
        });
    }

    private void insert(String table, ByteArrayOutputStream piece) {
        InsertSettings settings = new InsertSettings().setDatabase(database);
        ByteArrayInputStream body = new ByteArrayInputStream(piece.toByteArray());
        try (InsertResponse _ = client.insert(table, body, ClickHouseFormat.JSONEachRow, settings)
                .get()) {
            piece.reset();
        } catch (ExecutionException | ClickHouseException failure) {
            throw new SampleException(
                    "ClickHouse refused rows for %s: %s".formatted(table, failure.getMessage()), failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new SampleException("Interrupted while inserting into " + table + ".", interruption);
        }
    }

    /** Writes a time in the format of a DateTime64(3) in UTC. */
    private static final class InstantSerializer extends StdSerializer<Instant> {
        private static final long serialVersionUID = 1L;
        private static final DateTimeFormatter FORMAT =
                DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

        InstantSerializer() {
            super(Instant.class);
        }

        @Override
        public void serialize(Instant value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            generator.writeString(FORMAT.format(value));
        }
    }
}
