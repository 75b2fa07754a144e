package dev.quarry.local.samples;

import static java.util.Objects.requireNonNull;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.ServerException;
import com.clickhouse.client.api.insert.InsertResponse;
import com.clickhouse.client.api.insert.InsertSettings;
import com.clickhouse.data.ClickHouseFormat;
import dev.quarry.local.samples.RecordReader.Entry;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.IngestSettings;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Loads the rows of a file into a bronze table unchanged, and separates the rows that the table refuses. Each batch is
 * one INSERT. A refused batch is split at the row that the engine names, or else in halves, until each piece is
 * accepted or is a single row.
 */
final class TableLoader implements AutoCloseable {
    private static final int BATCH_ROWS = 50_000;
    private static final int BATCH_BYTES = 8 << 20;
    /** After a refused row, a batch has at most this many times the distance to the refused row before. */
    private static final int GROWTH = 2;

    private static final int LEAST_ROWS = 8;

    /** After so many refused rows in a row, the file itself is wrong. */
    private static final int MOST_IN_A_ROW = 1_000;

    /** ClickHouse's codes of failures that the data can cause: sending the same rows again does not help. */
    private static final Set<Integer> REFUSALS = Set.of(
            3, 6, 8, 10, 15, 16, 20, 25, 26, 27, 32, 33, 36, 38, 41, 44, 53, 69, 70, 72, 117, 128, 131, 321, 349, 376,
            395, 407, 441, 469, 691);

    private static final Pattern ROW = Pattern.compile("(?:\\(at row |is violated at row )(\\d+)");
    private static final Pattern MISSING = Pattern.compile("(\\w+) is missing");
    private static final Pattern NOISE = Pattern.compile(
            "^(?:Code: \\d+\\. )?DB::Exception: |:? *\\(at row 1\\)| at row 1(?=\\.)|:\\s*[Ww]hile executing.*|\\s*\\(version .*",
            Pattern.DOTALL);

    private final Client client;
    private final String database;
    private final String table;
    private final InsertSettings settings;

    private ClickHouseFormat format = ClickHouseFormat.JSONEachRow;
    private Optional<Entry> header = Optional.empty();
    private TableLoad load;
    private int refusedInARow;

    /** @param row of the INSERT, from 1; 0 if the engine does not name it */
    private record Refusal(String reason, int row) {}

    TableLoader(ClickHouseAddress clickHouse, String table) {
        this.client = clickHouse.open();
        this.database = clickHouse.database();
        this.table = requireNonNull(table, "table is null");
        this.settings = new InsertSettings().setDatabase(database);
        IngestSettings.all().forEach(settings::serverSetting);
        settings.serverSetting("async_insert", "0");
        // With this setting, messages count rows from the beginning of a piece.
        settings.serverSetting("input_format_parallel_parsing", "0");
    }

    /** @throws SampleException if it is no bronze table */
    void requireBronze() {
        List<String> tables;
        try {
            tables = client
                    .queryAll(
                            "SELECT name FROM system.tables WHERE database = '%s' AND startsWith(comment, 'Bronze') ORDER BY name"
                                    .formatted(database))
                    .stream()
                    .map(row -> row.getString("name"))
                    .toList();
        } catch (ClickHouseException failure) {
            throw new SampleException("ClickHouse cannot be asked: " + failure.getMessage(), failure);
        }
        if (!tables.contains(table)) {
            throw new SampleException(
                    "There is no bronze table \"%s\": take one of %s.".formatted(table, String.join(", ", tables)));
        }
    }

    /**
     * Loads all rows of the file that the table accepts.
     *
     * @throws SampleException if the store fails, or the file as a whole is wrong; rows loaded before stay
     */
    void load(RecordReader file, TableLoad told) throws IOException {
        load = told;
        refusedInARow = 0;
        if (file.header().isPresent()) {
            format = ClickHouseFormat.CSVWithNames;
            header = file.header();
        }
        List<Entry> batch = new ArrayList<>();
        int bytes = 0;
        for (Optional<Entry> row = file.next(); row.isPresent(); row = file.next()) {
            batch.add(row.get());
            bytes += row.get().length();
            if (batch.size() == BATCH_ROWS || bytes >= BATCH_BYTES) {
                insertAll(batch);
                batch = new ArrayList<>();
                bytes = 0;
            }
        }
        insertAll(batch);
    }

    private void insertAll(List<Entry> batch) throws IOException {
        Deque<List<Entry>> pieces = new ArrayDeque<>();
        push(pieces, batch);
        while (!pieces.isEmpty()) {
            List<Entry> piece = pieces.pop();
            Optional<Refusal> refusal = insert(piece);
            if (refusal.isEmpty()) {
                continue;
            }
            if (piece.size() == 1) {
                refuse(piece.getFirst(), refusal.get().reason);
                continue;
            }
            int suspect = refusal.get().row > 0 ? refusal.get().row - 1 : suspect(piece, refusal.get().reason);
            if (suspect >= 0 && suspect < piece.size()) {
                cut(pieces, piece, suspect);
            } else {
                int half = piece.size() / 2;
                push(pieces, piece.subList(half, piece.size()));
                push(pieces, piece.subList(0, half));
            }
        }
    }

    /**
     * {@return the first row that seems to lack the missing column; -1 if none does} The engine does not name the row;
     * the caller tries this row alone to be sure.
     */
    private int suspect(List<Entry> piece, String reason) {
        Matcher missing = MISSING.matcher(reason);
        if (format != ClickHouseFormat.JSONEachRow || !missing.lookingAt()) {
            return -1;
        }
        Pattern present = Pattern.compile("\"%s\"\\s*:\\s*+(?!null|\"\")".formatted(missing.group(1)));
        for (int index = 0; index < piece.size(); index++) {
            if (!present.matcher(piece.get(index).text()).find()) {
                return index;
            }
        }
        return -1;
    }

    /** Takes a row out and tries it alone: if the table accepts it, the engine has counted rows differently. */
    private void cut(Deque<List<Entry>> pieces, List<Entry> piece, int index) throws IOException {
        List<Entry> before = piece.subList(0, index);
        List<Entry> after = piece.subList(index + 1, piece.size());
        Optional<Refusal> own = insert(piece.subList(index, index + 1));
        if (own.isPresent()) {
            int next = Math.min(after.size(), Math.max(LEAST_ROWS, GROWTH * index));
            push(pieces, after.subList(next, after.size()));
            push(pieces, after.subList(0, next));
            push(pieces, before);
            refuse(piece.get(index), own.get().reason);
        } else {
            push(pieces, after);
            push(pieces, before.subList(before.size() / 2, before.size()));
            push(pieces, before.subList(0, before.size() / 2));
        }
    }

    private static void push(Deque<List<Entry>> pieces, List<Entry> piece) {
        if (!piece.isEmpty()) {
            pieces.push(piece);
        }
    }

    private void refuse(Entry row, String reason) throws IOException {
        load.refused(row, reason);
        if (++refusedInARow == MOST_IN_A_ROW) {
            throw new SampleException(
                    "%d rows in a row were refused, up to line %d: the file does not fit %s; the last one because: %s"
                            .formatted(MOST_IN_A_ROW, row.line(), table, reason));
        }
    }

    /** {@return the reason if the rows are refused; none of them is stored then} */
    private Optional<Refusal> insert(List<Entry> rows) {
        try (InsertResponse _ = client.insert(table, new ByteArrayInputStream(body(rows)), format, settings)
                .get()) {
            load.taken(rows.size());
            refusedInARow = 0;
            return Optional.empty();
        } catch (ExecutionException | ClickHouseException failure) {
            return Optional.of(refusal(failure));
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new SampleException("Interrupted while inserting into " + table + ".", interruption);
        }
    }

    private Refusal refusal(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ServerException server && REFUSALS.contains(server.getCode())) {
                Matcher row = ROW.matcher(server.getMessage());
                return new Refusal(
                        NOISE.matcher(server.getMessage()).replaceAll("").strip(),
                        row.find() ? Integer.parseInt(row.group(1)) : 0);
            }
        }
        throw new SampleException(
                "ClickHouse failed: %s. Load the file again: rows that were loaded before count once."
                        .formatted(failure.getMessage()),
                failure);
    }

    private byte[] body(List<Entry> rows) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        header.ifPresent(names -> append(names, body));
        rows.forEach(row -> append(row, body));
        return body.toByteArray();
    }

    private static void append(Entry row, ByteArrayOutputStream body) {
        row.writeTo(body);
        body.write('\n');
    }

    @Override
    public void close() {
        client.close();
    }
}
