package dev.quarry.retention;

import dev.quarry.clickhouse.RetentionView;
import dev.quarry.clickhouse.RetentionView.Spans;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Zones;
import jakarta.enterprise.context.RequestScoped;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * The first day for which the answer to a request is complete. The engine deletes rows that are older than the
 * retention at any time, so an answer never counts them, even if they still exist.
 *
 * <p>An endpoint gets the days whose rows are kept, counts no earlier rows, and {@link #tell tells} the first day for
 * which its metric is complete.
 */
@RequestScoped
public class DataSince {
    /** A day, {@code YYYY-MM-DD}, in the zone of the answer's own days. */
    public static final String HEADER = "X-Data-Since";

    private final RetentionView retention;
    private final Clock clock;
    private LocalDate told;

    DataSince(RetentionView retention, Clock clock) {
        this.retention = retention;
        this.clock = clock;
    }

    /** The days of a zone of which all events, invocations and executions are kept. */
    public WholeDays events(ZoneId zone) {
        return days(zone, spans().events().firstDay(today()));
    }

    /** The days, in UTC, of which all errors, web vitals and other events of apps are kept. */
    public WholeDays overviews() {
        LocalDate errors = spans().errors().firstDay(today());
        // Events of apps are kept for a day more than logs: see R__retention.sql.
        LocalDate events = spans().logs().firstDay(today()).minusDays(1);
        return days(Zones.UTC, errors.isAfter(events) ? errors : events);
    }

    /** The days, in UTC, of which all logs are kept. */
    public WholeDays logs() {
        return days(Zones.UTC, spans().logs().firstDay(today()));
    }

    /** Sets {@link #HEADER} to the first of these days. */
    public void tell(WholeDays days) {
        told = days.first();
    }

    /** Sets {@link #HEADER} to a day that an earlier request was {@link #told}. */
    public void tell(LocalDate firstDay) {
        told = firstDay;
    }

    /** The day for the header; empty if the answer has none. */
    public Optional<LocalDate> told() {
        return Optional.ofNullable(told);
    }

    private Spans spans() {
        return retention.spans();
    }

    private LocalDate today() {
        return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
    }

    private static WholeDays days(ZoneId zone, LocalDate firstDay) {
        return WholeDays.from(firstDay.atStartOfDay(ZoneOffset.UTC).toInstant(), zone);
    }
}
