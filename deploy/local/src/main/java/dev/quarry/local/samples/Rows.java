package dev.quarry.local.samples;

import dev.quarry.local.samples.BronzeRow.Execution;
import dev.quarry.local.samples.BronzeRow.OfApp;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Receives the rows of a converter, counts them, and passes on valid rows. */
final class Rows {
    /** The times that tables accept by default. ClickHouse refuses the whole INSERT of a row outside this range. */
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");
    static final String TIME_OUT_OF_RANGE = "time outside 2000 to 2099";

    private final Consumer<BronzeRow> destination;
    private final Map<String, Long> written = new TreeMap<>();
    private final Map<String, Long> leftOut = new TreeMap<>();
    private final Set<String> apps = new TreeSet<>();
    private final Set<String> workspaces = new TreeSet<>();
    private long read;
    private Instant first = Instant.MAX;
    private Instant last = Instant.MIN;

    Rows(Consumer<BronzeRow> destination) {
        this.destination = destination;
    }

    /** Counts one more record of the file, or line of a log. */
    void read() {
        read++;
    }

    /** Counts the current record as left out. */
    void leaveOut(String reason) {
        leftOut.merge(reason, 1L, Long::sum);
    }

    /** Writes all rows of one record, or none. */
    void write(BronzeRow... rows) {
        for (BronzeRow row : rows) {
            if (row.moment().isBefore(EARLIEST) || !row.moment().isBefore(LATEST)) {
                leaveOut(TIME_OUT_OF_RANGE);
                return;
            }
        }
        for (BronzeRow row : rows) {
            destination.accept(row);
            count(row);
        }
    }

    private void count(BronzeRow row) {
        written.merge(row.table(), 1L, Long::sum);
        first = row.moment().isBefore(first) ? row.moment() : first;
        last = row.moment().isAfter(last) ? row.moment() : last;
        if (row instanceof OfApp ofApp) {
            apps.add(ofApp.appId());
        } else if (row instanceof Execution execution) {
            workspaces.add(execution.workspaceId());
        }
    }

    LoadReport report() {
        return new LoadReport(read, written, leftOut, apps, workspaces, first, last);
    }
}
