package dev.quarry.refining;

import dev.quarry.postgres.FirstConnection;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * How fresh silver and gold are: every event that the engine had acknowledged before {@link #asOf} is counted. Whichever
 * replica refines writes it down in PostgreSQL; every replica reads it there now and then, never during a request.
 */
@ApplicationScoped
@Startup
public class Freshness {
    /** RFC 3339, UTC, in milliseconds. */
    public static final String HEADER = "X-Data-As-Of";

    private static final Logger LOG = Logger.getLogger(Freshness.class);
    private static final Duration READ_EVERY = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final String OLDEST = """
            SELECT min(as_of) FROM refining_progress WHERE name = ANY ($1) HAVING count(*) = cardinality($1)
            """;

    private final Pool pool;
    private final FirstConnection first;
    private final String[] names;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("freshness").daemon().factory());
    private volatile Instant asOf;

    Freshness(
            @All List<Refinement> refinements,
            RefiningConfiguration configuration,
            Pool pool,
            FirstConnection first,
            Clock clock,
            MeterRegistry meters) {
        this.pool = pool;
        this.first = first;
        this.names = refinements.stream().map(Refinement::name).toArray(String[]::new);
        if (names.length > 0) {
            meters.gauge("quarry.refining.lag.seconds", this, self -> self.lag(clock));
            long millis = READ_EVERY.toMillis();
            var _ = timer.scheduleWithFixedDelay(this::readQuietly, 0, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Waits until a running look has ended. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        timer.shutdownNow();
        if (!timer.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.debug("A look at the progress of refining did not end in time");
        }
    }

    /** Empty until something has been refined, and in a service that refines nothing. */
    public Optional<Instant> asOf() {
        return Optional.ofNullable(asOf);
    }

    /** Looks now, without waiting for the next time. */
    public void read() {
        var rows = pool.preparedQuery(OLDEST)
                .execute(Tuple.of(names))
                .await()
                .atMost(PATIENCE)
                .iterator();
        if (rows.hasNext()) {
            asOf = rows.next().getOffsetDateTime(0).toInstant();
        }
    }

    private void readQuietly() {
        try {
            first.await();
            read();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException away) {
            LOG.debug("The progress of refining cannot be read", away);
        }
    }

    /** Seconds; infinite while nothing has been refined, so that an alert on it sees that too. */
    private double lag(Clock clock) {
        Instant known = asOf;
        return known == null
                ? Double.POSITIVE_INFINITY
                : Duration.between(known, clock.instant()).toMillis() / 1_000.0;
    }
}
