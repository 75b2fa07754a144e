package dev.quarry.rollup;

import dev.quarry.postgres.NotificationListener;
import dev.quarry.postgres.Postgres;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jboss.logging.Logger;

/**
 * How fresh silver and gold are: every event that the engine had acknowledged before {@link #asOf} is counted. An
 * organisation with a bucket that could not be rebuilt yet is further behind; the others move on. The replica that runs
 * the rollup job writes the progress to PostgreSQL. Every replica reads it periodically and when gold has changed, never
 * during a request.
 */
@ApplicationScoped
@Startup
public class Freshness implements NotificationListener {
    /** RFC 3339, UTC, in milliseconds. */
    public static final String HEADER = "X-Data-As-Of";

    private static final Logger LOG = Logger.getLogger(Freshness.class);
    private static final Duration READ_EVERY = Duration.ofSeconds(1);
    /** Seconds that the service waits at its stop for a running query. */
    private static final long STOP_SECONDS = 2;

    /**
     * In one snapshot: the progress and newest revision of each rollup, the organisations that are behind, and the
     * organisations with a revision after those in $2.
     */
    private static final String PROGRESS = """
            SELECT name, NULL AS organization_id, as_of, revision
            FROM rollup_progress WHERE name = ANY ($1)
            UNION ALL
            SELECT NULL, organization_id, CASE WHEN bool_and(as_of IS NOT NULL) THEN min(as_of) END, NULL
            FROM rollup_behind WHERE name = ANY ($1)
            GROUP BY organization_id
            UNION ALL
            SELECT name, organization_id, NULL, NULL
            FROM rollup_revisions JOIN unnest($1::text[], $2::bigint[]) AS seen(name, newest) USING (name)
            WHERE revision > newest
            """;

    private final Postgres postgres;
    private final String[] names;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("freshness").daemon().factory());
    private final Revisions revisions = new Revisions();
    private final Causes causes = new Causes();
    private final AtomicBoolean readingSoon = new AtomicBoolean();
    private volatile Progress progress = Progress.NONE;

    Freshness(@All List<RollupDefinition> rollups, Postgres postgres, Clock clock, MeterRegistry meters) {
        this.postgres = postgres;
        this.names = rollups.stream().map(RollupDefinition::name).toArray(String[]::new);
        if (names.length > 0) {
            meters.gauge("quarry.rollup.lag.seconds", this, self -> self.lag(clock));
            long millis = READ_EVERY.toMillis();
            var _ = timer.scheduleWithFixedDelay(this::readQuietly, 0, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Waits until a running query has ended. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        timer.shutdownNow();
        if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.debug("The query for the progress of the rollup job did not end in time");
        }
    }

    /**
     * The progress of organisations that are not behind. Empty until the first pass has ended, and in services without
     * gold.
     */
    public Optional<Instant> asOf() {
        return progress.asOf();
    }

    /** The progress of one organisation. */
    public Optional<Instant> asOf(String organization) {
        return progress.asOf(organization);
    }

    /** An immutable copy of the latest known progress. */
    Progress progress() {
        return progress;
    }

    /**
     * The revision of an organisation's silver and gold. An answer that was read after this call is as fresh as a new one,
     * until this method returns another revision. Empty if this replica does not know: before the first pass, and while
     * PostgreSQL does not answer.
     */
    public Optional<Revision> revision(String organization) {
        return progress.asOf().isEmpty() ? Optional.empty() : revisions.of(organization);
    }

    /** Reads the progress now, without waiting for the timer. */
    public synchronized void read() {
        long started = System.nanoTime();
        Map<String, Long> newest = new HashMap<>();
        Set<String> changed = new HashSet<>();
        Map<String, Optional<Instant>> behind = new HashMap<>();
        Optional<Instant> asOf = Optional.empty();
        try {
            for (Line line : postgres.listAll(PROGRESS, Freshness::line, names, revisions.newest(names))) {
                if (line.name() == null) {
                    behind.put(line.organization(), line.asOf());
                } else if (line.organization() != null) {
                    changed.add(line.organization());
                } else {
                    newest.put(line.name(), line.revision());
                    asOf = asOf.filter(earliest -> earliest.isBefore(line.asOf().orElseThrow()))
                            .or(line::asOf);
                }
            }
        } catch (RuntimeException unknown) {
            revisions.forget();
            throw unknown;
        }
        // First the revisions: an answer must not promise more than what it was read from.
        revisions.read(newest, changed, started);
        progress = new Progress(newest.size() == names.length ? asOf : Optional.empty(), behind);
    }

    private record Line(String name, String organization, Optional<Instant> asOf, Long revision) {}

    private static Line line(Row row) {
        return new Line(
                row.getString(0),
                row.getString(1),
                Optional.ofNullable(row.getOffsetDateTime(2)).map(OffsetDateTime::toInstant),
                row.getLong(3));
    }

    @Override
    public String channel() {
        return "quarry_rollup";
    }

    /** Reads the progress once for all notifications that arrive during a read. */
    @Override
    public void notified(String payload) {
        if (names.length > 0 && !readingSoon.getAndSet(true)) {
            try {
                timer.execute(() -> {
                    readingSoon.set(false);
                    readQuietly();
                });
            } catch (RejectedExecutionException stopping) {
                LOG.debug("The service is stopping", stopping);
            }
        }
    }

    /** As {@link #read}, but keeps the progress that is known if PostgreSQL does not answer. */
    void readQuietly() {
        try {
            read();
        } catch (RuntimeException failed) {
            if (!timer.isShutdown() && causes.isNewMistake(failed)) {
                LOG.error("The progress of the rollup job cannot be read", failed);
            } else {
                LOG.debug("The progress of the rollup job cannot be read", failed);
            }
        }
    }

    /** Seconds; infinite until the first pass has ended, so that an alert on the metric notices that too. */
    private double lag(Clock clock) {
        return asOf().map(known -> Duration.between(known, clock.instant()).toMillis() / 1_000.0)
                .orElse(Double.POSITIVE_INFINITY);
    }
}
