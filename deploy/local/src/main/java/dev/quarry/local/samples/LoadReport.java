package dev.quarry.local.samples;

import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The result of loading a file.
 *
 * @param read number of records, or of lines of a log
 * @param written number of rows by table; one record may become rows in several tables
 * @param leftOut number of records that became no row, by reason
 * @param apps ids of apps that rows were written for
 * @param first time of the oldest row as stored; {@link Instant#MAX} if there is none
 * @param last time of the newest row as stored; {@link Instant#MIN} if there is none
 */
public record LoadReport(
        long read,
        SortedMap<String, Long> written,
        SortedMap<String, Long> leftOut,
        SortedSet<String> apps,
        SortedSet<String> workspaces,
        Instant first,
        Instant last) {
    LoadReport(
            long read,
            Map<String, Long> written,
            Map<String, Long> leftOut,
            Set<String> apps,
            Set<String> workspaces,
            Instant first,
            Instant last) {
        this(
                read,
                new TreeMap<>(written),
                new TreeMap<>(leftOut),
                new TreeSet<>(apps),
                new TreeSet<>(workspaces),
                first,
                last);
    }

    /** {@return a readable summary of a few lines} */
    public String describe() {
        StringBuilder text = new StringBuilder("read %d records\n".formatted(read));
        written.forEach((table, rows) -> text.append("wrote %d rows to %s\n".formatted(rows, table)));
        leftOut.forEach((reason, records) -> text.append("left out %d: %s\n".formatted(records, reason)));
        if (!written.isEmpty()) {
            text.append("from %s to %s\n".formatted(first, last));
        }
        if (!apps.isEmpty()) {
            text.append("apps: %s\n".formatted(String.join(", ", apps)));
        }
        if (!workspaces.isEmpty()) {
            text.append("workspaces: %s\n".formatted(String.join(", ", workspaces)));
        }
        return text.toString();
    }
}
