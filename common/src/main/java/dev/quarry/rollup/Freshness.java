package dev.quarry.rollup;

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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * How fresh silver and gold are: every event that the engine had acknowledged before {@link #asOf} is counted. An
 * organisation with a bucket that could not be rebuilt yet is further behind; the others move on. The replica that runs
 * the rollup job writes the progress to PostgreSQL. Every replica reads it periodically, never during a request.
 */
@ApplicationScoped
@Startup
public class Freshness {
    /** RFC 3339, UTC, in milliseconds. */
    public static final String HEADER = "X-Data-As-Of";

    private static final Logger LOG = Logger.getLogger(Freshness.class);
    private static final Duration READ_EVERY = Duration.ofSeconds(1);
    /** Seconds that the service waits at its stop for a running query. */
    private static final long STOP_SECONDS = 2;

    /** Reads one row without an organisation, and one for each organisation that is behind, all in one snapshot. */
    private static final String PROGRESS = """
            SELECT NULL AS organization_id, min(as_of) AS as_of
            FROM rollup_progress WHERE name = ANY ($1)
            HAVING count(*) = cardinality($1)
            UNION ALL
            SELECT organization_id, CASE WHEN bool_and(as_of IS NOT NULL) THEN min(as_of) END
            FROM rollup_behind WHERE name = ANY ($1)
            GROUP BY organization_id
            """;

    private final Postgres postgres;
    private final String[] names;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("freshness").daemon().factory());
    private volatile Progress progress = Progress.NONE;

    Freshness(
            @All List<RollupDefinition> rollups,
            RollupConfiguration configuration,
            Postgres postgres,
            Clock clock,
            MeterRegistry meters) {
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

    /** Reads the progress now, without waiting for the timer. */
    public void read() {
        Optional<Instant> asOf = Optional.empty();
        Map<String, Optional<Instant>> behind = new HashMap<>();
        for (Moment moment : postgres.listAll(PROGRESS, Freshness::moment, (Object) names)) {
            if (moment.organization() == null) {
                asOf = moment.asOf();
            } else {
                behind.put(moment.organization(), moment.asOf());
            }
        }
        progress = new Progress(asOf, behind);
    }

    private record Moment(String organization, Optional<Instant> asOf) {}

    private static Moment moment(Row row) {
        return new Moment(
                row.getString(0), Optional.ofNullable(row.getOffsetDateTime(1)).map(OffsetDateTime::toInstant));
    }

    private void readQuietly() {
        try {
            read();
        } catch (RuntimeException away) {
            LOG.debug("The progress of the rollup job cannot be read", away);
        }
    }

    /** Seconds; infinite until the first pass has ended, so that an alert on the metric notices that too. */
    private double lag(Clock clock) {
        return asOf().map(known -> Duration.between(known, clock.instant()).toMillis() / 1_000.0)
                .orElse(Double.POSITIVE_INFINITY);
    }
}
