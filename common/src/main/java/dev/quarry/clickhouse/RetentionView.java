package dev.quarry.clickhouse;

import dev.quarry.error.FailureException;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.LocalDate;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * How long the engine keeps rows, as the migrator set it. Reads the retention every second, because the engine deletes
 * rows a few seconds after a shorter retention is announced. A request waits only if the retention was never read
 * before.
 */
@ApplicationScoped
@Startup
public class RetentionView {
    private static final Logger LOG = Logger.getLogger(RetentionView.class);
    private static final Duration READ_EVERY = Duration.ofSeconds(1);
    /** Seconds that the service waits at its stop for a running read. */
    private static final long STOP_SECONDS = 2;

    /** While the retention changes, the shorter one counts. */
    private static final String SQL = """
            SELECT
              min(event_days), max(events_since),
              min(error_days), max(errors_since),
              min(log_days), max(logs_since)
            FROM (
              SELECT event_days, events_since, error_days, errors_since, log_days, logs_since FROM retention
              UNION ALL
              SELECT event_days, events_since, error_days, errors_since, log_days, logs_since FROM announced_retention)
            """;

    /**
     * How long rows of a kind are kept.
     *
     * @param days how many days, in UTC, including today
     * @param since rows of earlier days are not kept, whatever {@code days} says
     */
    public record Span(int days, LocalDate since) {
        /** The first day, in UTC, of which all rows are kept. */
        public LocalDate firstDay(LocalDate today) {
            LocalDate first = today.minusDays(days - 1L);
            return first.isBefore(since) ? since : first;
        }
    }

    /** The retention of each kind of rows. */
    public record Spans(Span events, Span errors, Span logs) {}

    private final ClickHouse clickHouse;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("retention").daemon().factory());
    private volatile Spans known;

    RetentionView(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
        long millis = READ_EVERY.toMillis();
        var _ = timer.scheduleWithFixedDelay(this::readQuietly, 0, millis, TimeUnit.MILLISECONDS);
    }

    /** Stops the timer and waits until a running read has ended, because the engine's client is closed next. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        timer.shutdownNow();
        if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.debug("A read of the retention did not end in time");
        }
    }

    /**
     * Returns the retention that was read last.
     *
     * @throws FailureException if it was never read and the engine does not answer now
     */
    public Spans spans() {
        Spans last = known;
        return last == null ? read() : last;
    }

    /** Reads the retention now, without waiting for the timer. Reads follow each other, so that no older one comes last. */
    public synchronized Spans read() {
        Spans read = clickHouse
                .readWithoutTenant(SQL, row -> new Spans(span(row), span(row), span(row)))
                .getFirst();
        // Each question to the answer cache has it, and the same instance is compared faster.
        if (!read.equals(known)) {
            known = read;
        }
        return known;
    }

    private static Span span(Row row) {
        return new Span(row.nextInt(), row.nextDate());
    }

    private void readQuietly() {
        try {
            read();
        } catch (RuntimeException failed) {
            LOG.debug("Cannot read the retention", failed);
        } catch (Error wrong) {
            // The timer would stop for good, and answers would count by an old retention.
            LOG.error("Cannot read the retention", wrong);
        }
    }
}
