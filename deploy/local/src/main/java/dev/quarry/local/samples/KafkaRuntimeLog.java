package dev.quarry.local.samples;

import dev.quarry.local.samples.BronzeRow.CanvasAppLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Logs of brokers: {@code broker logfile [time] LEVEL message}. A line without time and level, such as one of a stack
 * trace, continues the entry before it of the same broker and log file. The app is {@code kafka} by default;
 * broker and log file become the route path.
 *
 * <p>The API has the levels log, info, warn and error: TRACE and DEBUG are log, FATAL is error.
 */
final class KafkaRuntimeLog implements SampleConverter {
    private static final Pattern ENTRY = Pattern.compile(
            "(?:(\\S+) (\\S+) )?\\[(\\d{4}-\\d\\d-\\d\\d[ T]\\d\\d:\\d\\d:\\d\\d(?:[,.]\\d{3})?)] ([A-Z]{2,10})(?: (.*))?");

    /** Limits the memory for an endless stack trace. */
    private static final int LONGEST_MESSAGE = 1_000_000;

    static final String CONTINUATION = "continues the entry before it";
    static final String NO_ENTRY = "continues no entry";
    static final String TOO_LONG = "continues an entry past %,d characters".formatted(LONGEST_MESSAGE);
    static final String NO_TIME = "unreadable time";

    private record Open(String first, Instant time, String level, String source, StringBuilder message) {}

    @Override
    public void convert(Reader file, LoadTarget target, Rows rows) throws IOException {
        EventIds ids = new EventIds();
        // The last entry of each source may continue until the next one begins.
        Map<String, Open> open = new LinkedHashMap<>();
        String latestSource = "";
        BufferedReader lines = new BufferedReader(file);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            rows.read();
            Matcher entry = ENTRY.matcher(line);
            if (entry.matches()) {
                Optional<Instant> time = LocalTimes.parse(entry.group(3));
                if (time.isEmpty()) {
                    rows.leaveOut(NO_TIME);
                    continue;
                }
                latestSource = entry.group(1) == null ? "" : entry.group(1) + " " + entry.group(2);
                String message = entry.group(5) == null ? "" : entry.group(5);
                Open finished = open.put(
                        latestSource,
                        new Open(line, time.get(), entry.group(4), latestSource, new StringBuilder(message)));
                if (finished != null) {
                    write(finished, ids, target, rows);
                }
            } else {
                rows.leaveOut(continued(line, open, latestSource));
            }
        }
        open.values().forEach(last -> write(last, ids, target, rows));
    }

    private static String continued(String line, Map<String, Open> open, String latestSource) {
        String source = source(line);
        boolean named = open.containsKey(source) && !source.isEmpty();
        Open entry = open.get(named ? source : latestSource);
        if (entry == null) {
            return NO_ENTRY;
        }
        String text = named ? line.substring(Math.min(line.length(), source.length() + 1)) : line;
        if (entry.message().length() + text.length() >= LONGEST_MESSAGE) {
            return TOO_LONG;
        }
        entry.message().append('\n').append(text);
        return CONTINUATION;
    }

    /** {@return the first two words: broker and log file, if an entry of them exists} */
    private static String source(String line) {
        int first = line.indexOf(' ');
        int second = first < 0 ? -1 : line.indexOf(' ', first + 1);
        return second < 0 ? line : line.substring(0, second);
    }

    private static void write(Open entry, EventIds ids, LoadTarget target, Rows rows) {
        rows.write(new CanvasAppLog(
                target.organizationId(),
                target.appOr("kafka"),
                target.moved(entry.time()),
                ids.next("kafka\n" + entry.first()),
                level(entry.level()),
                entry.message().toString(),
                entry.source().isEmpty() ? "" : "/" + entry.source().replace(' ', '/')));
    }

    private static String level(String level) {
        return switch (level) {
            case "INFO" -> "info";
            case "WARN", "WARNING" -> "warn";
            case "ERROR", "FATAL", "SEVERE" -> "error";
            default -> "log";
        };
    }
}
