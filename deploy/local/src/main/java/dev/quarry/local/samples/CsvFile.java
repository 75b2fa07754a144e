package dev.quarry.local.samples;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/** A CSV file whose first record has the names of the columns, in any order and case. */
final class CsvFile {
    private static final CSVFormat FORMAT = CSVFormat.DEFAULT
            .builder()
            .setLenientEof(true)
            .setTrailingData(true)
            .get();

    /** A longer record has an unclosed quote, and later records cannot be separated from it. */
    static final String BROKEN = "a record that is no CSV, and all after it";

    private CsvFile() {}

    /** A record by column name. A missing cell is empty. */
    record Line(CSVRecord cells, Map<String, Integer> columns) {
        String cell(String column) {
            int index = columns.get(column.toLowerCase(Locale.ROOT));
            return index < cells.size() ? cells.get(index).strip() : "";
        }

        /** {@return all cells as one string, which is unique for these cells} */
        String content() {
            return String.join("\u001f", cells.values());
        }
    }

    static void forEach(Reader file, List<String> required, Rows rows, Consumer<Line> consumer) throws IOException {
        try (CSVParser parser = FORMAT.parse(file)) {
            Map<String, Integer> columns = null;
            for (CSVRecord cells : parser) {
                if (columns == null) {
                    columns = columns(cells, required);
                } else {
                    rows.read();
                    consumer.accept(new Line(cells, columns));
                }
            }
        } catch (UncheckedIOException malformed) {
            throw new SampleException(
                    "The CSV is broken: " + malformed.getCause().getMessage(), malformed);
        }
    }

    private static Map<String, Integer> columns(CSVRecord header, List<String> required) {
        Map<String, Integer> columns = new TreeMap<>();
        for (int index = 0; index < header.size(); index++) {
            columns.putIfAbsent(header.get(index).strip().toLowerCase(Locale.ROOT), index);
        }
        for (String column : required) {
            if (!columns.containsKey(column.toLowerCase(Locale.ROOT))) {
                throw new SampleException("The file has no column %s: its first line is \"%s\"."
                        .formatted(column, String.join(",", header.values())));
            }
        }
        return columns;
    }
}
