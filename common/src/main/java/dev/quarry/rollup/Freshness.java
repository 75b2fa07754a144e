package dev.quarry.rollup;

import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.postgres.NotificationListener;
import dev.quarry.postgres.Postgres;
import io.micrometer.core.instrument.Gauge;
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
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
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
 * organisation with a bucket that could not be rebuilt yet is further behind; the others move on. So are the organisations
 * of a shard that is away, if shards are refined apart.
 *
 * <p>The replica that runs the rollup job writes the progress to PostgreSQL. Every replica reads it periodically and when
 * gold has changed, never during a request.
 */
@ApplicationScoped
@Startup
public class Freshness implements NotificationListener {
    /** RFC 3339, UTC, in milliseconds. */
    public static final String HEADER = "X-Data-As-Of";

    private static final Logger LOG = Logger.getLogger(Freshness.class);
    private static final DateTimeFormatter RFC_3339 =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);
    private static final Duration READ_EVERY = Duration.ofSeconds(1);
    /** Seconds that the service waits at its stop for a running query. */
    private static final long STOP_SECONDS = 2;

    /**
     * In one snapshot: the progress and newest revision of each rollup, the progress of each shard from 1 to $3, the
     * organisations that are behind, and the organisations with a revision after those in $2, with their shards. If
     * no revision of a rollup was read yet ($4), the shards of all organisations.
     */
    private static final String PROGRESS = """
            SELECT name, NULL::int AS shard, NULL AS organization_id, as_of, revision, NULL::int[] AS shards
            FROM rollup_progress WHERE name = ANY ($1)
            UNION ALL
            SELECT name, shard, NULL, as_of, NULL, NULL
            FROM rollup_shards WHERE name = ANY ($1) AND shard BETWEEN 1 AND $3::int
            UNION ALL
            SELECT NULL, NULL, organization_id, CASE WHEN bool_and(as_of IS NOT NULL) THEN min(as_of) END, NULL, NULL
            FROM rollup_behind WHERE name = ANY ($1) AND (shard > 0) = ($3::int > 0)
            GROUP BY organization_id
            UNION ALL
            SELECT name, NULL, organization_id, NULL, NULL,
                ARRAY(SELECT shard FROM organization_shards AS known
                    WHERE known.organization_id = revised.organization_id AND shard BETWEEN 1 AND $3::int)
            FROM rollup_revisions AS revised JOIN unnest($1::text[], $2::bigint[]) AS seen(name, newest) USING (name)
            WHERE revision > newest
            UNION ALL
            SELECT NULL, NULL, organization_id, NULL, NULL, array_agg(shard)
            FROM organization_shards WHERE $4::boolean AND shard BETWEEN 1 AND $3::int
            GROUP BY organization_id
            """;

    private final Postgres postgres;
    private final String[] names;
    /** The number of shards that are refined apart; 0 if they are refined together. */
    private final int shards;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("freshness").daemon().factory());
    private final Revisions revisions = new Revisions();
    private final Causes causes = new Causes();
    private final AtomicBoolean readingSoon = new AtomicBoolean();
    private volatile Progress progress = Progress.NONE;

    Freshness(
            @All List<RollupDefinition> rollups,
            Postgres postgres,
            ClickHouseConfiguration clickHouse,
            Clock clock,
            MeterRegistry meters) {
        this.postgres = postgres;
        this.names = rollups.stream().map(RollupDefinition::name).toArray(String[]::new);
        this.shards = clickHouse.shards();
        if (names.length > 0) {
            if (shards == 0) {
                meters.gauge("quarry.rollup.lag.seconds", this, self -> lag(self.asOf(), clock));
            }
            for (int number = 1; number <= shards; number++) {
                int shard = number;
                Gauge.builder("quarry.rollup.lag.seconds", this, self -> lag(self.asOf(shard), clock))
                        .tag("shard", Integer.toString(shard))
                        .register(meters);
            }
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
     * The progress of organisations that are not behind, on all shards. Empty until the first pass has ended, and in
     * services without gold.
     */
    public Optional<Instant> asOf() {
        return progress.asOf();
    }

    /** The progress of one organisation. */
    public Optional<Instant> asOf(String organization) {
        return progress.asOf(organization);
    }

    /** A moment as the value of {@link #HEADER}. */
    public static String text(Instant asOf) {
        return RFC_3339.format(asOf);
    }

    private Optional<Instant> asOf(int shard) {
        return progress.ofShards().getOrDefault(shard, Optional.empty());
    }

    /** The shards on which events of an organisation have been counted; empty if that is unknown. */
    Set<Integer> shards(String organization) {
        return progress.shards().getOrDefault(organization, Set.of());
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
        return progress.asOf(organization).isEmpty() ? Optional.empty() : revisions.of(organization);
    }

    /** Reads the progress now, without waiting for the timer. */
    public synchronized void read() {
        long started = System.nanoTime();
        Map<String, Long> newest = new HashMap<>();
        Set<String> changed = new HashSet<>();
        Map<String, Optional<Instant>> behind = new HashMap<>();
        Map<Integer, List<Optional<Instant>>> moments = new HashMap<>();
        Long[] before = revisions.newest(names);
        boolean first = Arrays.asList(before).contains(null);
        Map<String, Set<Integer>> found = new HashMap<>();
        try {
            Object[] parameters = {names, before, shards, first};
            for (Line line : postgres.listAll(PROGRESS, Freshness::line, parameters)) {
                if (!line.shards().isEmpty()) {
                    found.put(line.organization(), line.shards());
                }
                if (line.name() == null && line.shards().isEmpty()) {
                    behind.put(line.organization(), line.asOf());
                } else if (line.name() != null && line.organization() != null) {
                    changed.add(line.organization());
                } else if (line.name() != null) {
                    if (line.shard() == Shard.ALL) {
                        newest.put(line.name(), line.revision());
                    }
                    moments.computeIfAbsent(line.shard(), _ -> new ArrayList<>())
                            .add(line.asOf());
                }
            }
        } catch (RuntimeException unknown) {
            revisions.forget();
            throw unknown;
        }
        // First the revisions: an answer must not promise more than what it was read from.
        revisions.read(newest, changed, started);
        Map<Integer, Optional<Instant>> ofShards = new HashMap<>();
        for (int shard = Math.min(1, shards); shard <= shards; shard++) {
            List<Optional<Instant>> ofShard = moments.getOrDefault(shard, List.of());
            ofShards.put(shard, ofShard.size() == names.length ? Progress.earliest(ofShard) : Optional.empty());
        }
        progress = new Progress(
                Progress.earliest(ofShards.values()), behind, ofShards, first ? found : with(progress.shards(), found));
    }

    /** Copies the map only if it changes: it may have very many organisations. */
    private static Map<String, Set<Integer>> with(Map<String, Set<Integer>> known, Map<String, Set<Integer>> found) {
        if (known.entrySet().containsAll(found.entrySet())) {
            return known;
        }
        Map<String, Set<Integer>> all = new HashMap<>(known);
        all.putAll(found);
        return all;
    }

    /**
     * A line of the answer.
     *
     * @param shard {@link Shard#ALL} in a line without a shard
     * @param shards the shards of an organisation; empty in a line of anything else
     */
    private record Line(
            String name, int shard, String organization, Optional<Instant> asOf, Long revision, Set<Integer> shards) {}

    private static Line line(Row row) {
        Integer shard = row.getInteger(1);
        Integer[] shards = row.getArrayOfIntegers(5);
        return new Line(
                row.getString(0),
                shard == null ? Shard.ALL : shard,
                row.getString(2),
                Optional.ofNullable(row.getOffsetDateTime(3)).map(OffsetDateTime::toInstant),
                row.getLong(4),
                shards == null ? Set.of() : Set.of(shards));
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
        } catch (Error wrong) {
            // The timer would stop for good, and the progress would be read only when gold changes.
            LOG.error("The progress of the rollup job cannot be read", wrong);
        }
    }

    /** Seconds; infinite until the first pass has ended, so that an alert on the metric notices that too. */
    private static double lag(Optional<Instant> asOf, Clock clock) {
        return asOf.map(known -> Duration.between(known, clock.instant()).toMillis() / 1_000.0)
                .orElse(Double.POSITIVE_INFINITY);
    }
}
