package dev.quarry.local.samples;

import dev.quarry.local.samples.BronzeRow.Execution;
import dev.quarry.local.samples.BronzeRow.OfApp;
import dev.quarry.schema.AcceptedTimes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Receives the rows of a converter, counts them, and passes on valid rows. */
final class Rows {
    static final String TIME_OUT_OF_RANGE = "time before 2000 or more than a day ahead";

    private final Consumer<BronzeRow> destination;
    /** The times that tables accept by default. ClickHouse refuses the whole INSERT of a row outside this range. */
    private final Instant earliest;

    private final Instant latest;
    private final Map<String, Long> written = new TreeMap<>();
    private final Map<String, Long> leftOut = new TreeMap<>();
    private final Set<String> apps = new TreeSet<>();
    private final Set<String> workspaces = new TreeSet<>();
    private long read;
    private Instant first = Instant.MAX;
    private Instant last = Instant.MIN;

    Rows(Consumer<BronzeRow> destination, Clock clock) {
        AcceptedTimes accepted = AcceptedTimes.standard();
        this.destination = destination;
        this.earliest = accepted.earliest().atStartOfDay(ZoneOffset.UTC).toInstant();
        this.latest = clock.instant().plus(Duration.ofHours(accepted.hoursAhead()));
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
            if (row.moment().isBefore(earliest) || row.moment().isAfter(latest)) {
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
