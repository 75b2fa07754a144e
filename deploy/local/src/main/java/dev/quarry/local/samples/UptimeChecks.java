package dev.quarry.local.samples;

import dev.quarry.local.samples.BronzeRow.Execution;
import dev.quarry.local.samples.BronzeRow.Invocation;
import dev.quarry.local.samples.BronzeRow.Outcome;
import dev.quarry.local.samples.BronzeRow.Status;
import java.io.IOException;
import java.io.Reader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Checks of web sites, {@code org,site_slug,site,ts_utc,status,http_code,latency_ms,commit}, each both an invocation of
 * an integration (the site) and an execution in a workspace (the checking project).
 *
 * <p>A site that is up or degraded is a success. A site that is down is a vendor error if it answered with a code, and
 * else an exception (code 0 or none). The code is the error category.
 */
final class UptimeChecks implements SampleConverter {
    private static final List<String> COLUMNS =
            List.of("org", "site_slug", "ts_utc", "status", "http_code", "latency_ms");
    private static final long LARGEST_UINT32 = 0xFFFF_FFFFL;

    static final String NO_TIME = "unreadable ts_utc";
    static final String UNKNOWN_STATUS = "status neither up, degraded nor down";
    static final String NO_LATENCY = "unreadable latency_ms";

    @Override
    public void convert(Reader file, LoadTarget target, Rows rows) throws IOException {
        EventIds ids = new EventIds();
        CsvFile.forEach(file, COLUMNS, rows, line -> {
            Optional<Instant> time = LocalTimes.parse(line.cell("ts_utc"));
            Optional<Long> latency = milliseconds(line.cell("latency_ms"));
            String status = line.cell("status").toLowerCase(Locale.ROOT);
            if (time.isEmpty()) {
                rows.leaveOut(NO_TIME);
            } else if (latency.isEmpty()) {
                rows.leaveOut(NO_LATENCY);
            } else if (!List.of("up", "degraded", "down").contains(status)) {
                rows.leaveOut(UNKNOWN_STATUS);
            } else {
                write(line, status.equals("down"), target.moved(time.get()), latency.get(), ids, target, rows);
            }
        });
    }

    private static void write(
            CsvFile.Line line, boolean down, Instant time, long latency, EventIds ids, LoadTarget target, Rows rows) {
        UUID id = ids.next("uptime\n" + line.content());
        String code = line.cell("http_code").isEmpty() ? "0" : line.cell("http_code");
        Outcome failure = code.equals("0") ? Outcome.EXCEPTION : Outcome.VENDOR_ERROR;
        rows.write(
                new Invocation(
                        target.organizationId(),
                        time,
                        id,
                        line.cell("site_slug"),
                        "check",
                        "vendor_api",
                        down ? failure : Outcome.SUCCESS,
                        down ? code : "",
                        latency),
                new Execution(
                        target.organizationId(),
                        LoadTarget.identifier(line.cell("org")),
                        time,
                        id,
                        down ? Status.FAILED : Status.SUCCESS,
                        latency));
    }

    private static Optional<Long> milliseconds(String cell) {
        try {
            BigDecimal value = new BigDecimal(cell).setScale(0, RoundingMode.HALF_UP);
            boolean fits = value.signum() >= 0 && value.compareTo(BigDecimal.valueOf(LARGEST_UINT32)) <= 0;
            return fits ? Optional.of(value.longValueExact()) : Optional.empty();
        } catch (NumberFormatException unreadable) {
            return Optional.empty();
        }
    }
}
