package dev.quarry.local.samples;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.quarry.local.samples.RecordReader.Entry;
import dev.quarry.schema.ClickHouseAddress;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Loads a file of rows into a bronze table. Prints its progress, and writes refused rows, each with its line and the
 * reason, to a file next to it.
 */
final class TableLoad {
    private static final JsonMapper JSON = new JsonMapper();
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(1);

    private final Path refusedFile;
    private final PrintStream progress;
    private final long size;
    private final Counted file;
    private Writer refusals;
    private long taken;
    private long refused;
    private long told = System.nanoTime();

    private TableLoad(Path refusedFile, InputStream file, long size, PrintStream progress) {
        this.refusedFile = refusedFile;
        this.file = new Counted(file);
        this.size = size;
        this.progress = progress;
    }

    /**
     * Result of a load.
     *
     * @param refusedFile has the refused rows; it does not exist if no row was refused
     */
    record Outcome(long taken, long refused, Path refusedFile) {}

    /**
     * Loads it.
     *
     * @param refusedFile replaced, or deleted if no row is refused
     * @param size of the file in bytes; 0 if it is unknown
     * @throws SampleException if the store fails, or the file as a whole is wrong
     */
    static Outcome run(
            ClickHouseAddress clickHouse,
            String table,
            InputStream file,
            long size,
            Path refusedFile,
            PrintStream progress)
            throws IOException {
        TableLoad load = new TableLoad(refusedFile, file, size, progress);
        try (TableLoader loader = new TableLoader(clickHouse, table)) {
            loader.requireBronze();
            // Only now: if this load did not begin, the rows of an earlier one would still be needed.
            Files.deleteIfExists(refusedFile);
            try (RecordReader records = RecordReader.open(load.file)) {
                loader.load(records, load);
            }
        } finally {
            load.close();
        }
        return new Outcome(load.taken, load.refused, refusedFile);
    }

    /** Counts more loaded rows. */
    void taken(int rows) {
        taken += rows;
        tell();
    }

    void refused(Entry row, String reason) throws IOException {
        if (refusals == null) {
            refusals = Files.newBufferedWriter(refusedFile);
        }
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("line", row.line());
        entry.put("reason", reason);
        entry.put("row", row.text());
        refusals.write(JSON.writeValueAsString(entry));
        refusals.write('\n');
        refused++;
        tell();
    }

    private void tell() {
        long now = System.nanoTime();
        if (now - told >= BETWEEN_LINES.toNanos()) {
            told = now;
            String part = size == 0 ? "" : ", %d %% of the file read".formatted(100 * file.count / size);
            progress.println("%,d rows in, %,d refused%s".formatted(taken, refused, part));
        }
    }

    private void close() throws IOException {
        if (refusals != null) {
            refusals.close();
        }
    }

    /** Number of bytes of the file read so far, before decompression. */
    private static final class Counted extends FilterInputStream {
        private long count;

        private Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = super.read(bytes, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
