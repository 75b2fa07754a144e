package dev.quarry.local.samples;

import dev.quarry.local.samples.BronzeRow.CanvasError;
import java.io.IOException;
import java.io.Reader;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Warnings and errors of microservices, {@code ts_ns,service,trace_id,level,message}, as errors of an app. By default
 * the app is the service. The error type is the logger without its line number, or the level if the message has no
 * logger. The time is nanoseconds since 1970. Rows with a negative time are left out, because the message has the time of
 * day only.
 */
final class TrainTicketErrors implements SampleConverter {
    private static final List<String> COLUMNS = List.of("ts_ns", "service", "level", "message");
    private static final Pattern LOGGER = Pattern.compile("\\S+ +[A-Z]+ +(\\S+?)(?:#\\d+)? .*", Pattern.DOTALL);
    private static final int LONGEST_TYPE = 200;

    static final String NO_TIME = "unreadable ts_ns";

    @Override
    public void convert(Reader file, LoadTarget target, Rows rows) throws IOException {
        EventIds ids = new EventIds();
        CsvFile.forEach(file, COLUMNS, rows, line -> {
            Optional<Instant> time = time(line.cell("ts_ns"));
            if (time.isEmpty()) {
                rows.leaveOut(NO_TIME);
            } else {
                rows.write(new CanvasError(
                        target.organizationId(),
                        target.appOr(line.cell("service")),
                        target.moved(time.get()),
                        ids.next("train-ticket\n" + line.content()),
                        type(line),
                        line.cell("message"),
                        null));
            }
        });
    }

    private static Optional<Instant> time(String nanoseconds) {
        try {
            return Optional.of(Instant.EPOCH.plusNanos(Long.parseLong(nanoseconds)));
        } catch (NumberFormatException unreadable) {
            return Optional.empty();
        }
    }

    private static String type(CsvFile.Line line) {
        Matcher logger = LOGGER.matcher(line.cell("message"));
        String type = logger.matches() ? logger.group(1) : line.cell("level");
        return type.substring(0, Math.min(type.length(), LONGEST_TYPE));
    }
}
