package dev.quarry.refining;

import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Keeps silver and gold up to date: reads which buckets were inserted into, has their {@link Refinement} rebuild them from
 * bronze, and settles their marks. One replica does it at a time.
 *
 * <p>It is safe against the order in which the engine shows things. A mark may be seen before the rows that it stands for,
 * and marks are seen out of order. So a mark is acted on when first seen, for freshness, but settled only by a rebuild
 * that began when the mark was older than the grace; and settled are exactly the marks that were read before the rebuild,
 * by their ids and never by a span of time.
 */
@ApplicationScoped
@Startup
public class Refiner {
    private static final Logger LOG = Logger.getLogger(Refiner.class);
    private static final Pattern TABLE = Pattern.compile("[a-z][a-z0-9_]*");
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);
    /** What one pass takes on; the next one goes on from there. */
    private static final int MOST_MARKS = 100_000;

    private final List<Refinement> refinements;
    private final RefiningEngine engine;
    private final RefiningConfiguration configuration;
    private final Vertx vertx;
    private final MeterRegistry meters;
    private final PgConnectOptions postgres;
    /** Marks that were acted on but are not ripe yet, by refinement. Forgetting them costs a rebuild, nothing else. */
    private final Map<String, Set<String>> actedOn = new ConcurrentHashMap<>();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("refining").daemon().factory());

    Refiner(
            @All List<Refinement> refinements,
            RefiningEngine engine,
            RefiningConfiguration configuration,
            Vertx vertx,
            MeterRegistry meters,
            @ConfigProperty(name = "quarkus.datasource.reactive.url") String url,
            @ConfigProperty(name = "quarkus.datasource.username") Optional<String> username,
            @ConfigProperty(name = "quarkus.datasource.password") Optional<String> password) {
        this.refinements = refinements;
        this.engine = engine;
        this.configuration = configuration;
        this.vertx = vertx;
        this.meters = meters;
        this.postgres = PgConnectOptions.fromUri(url);
        username.ifPresent(postgres::setUser);
        password.ifPresent(postgres::setPassword);
        refinements.forEach(Refiner::requireTableName);
        if (configuration.enabled() && !refinements.isEmpty()) {
            long millis = Math.max(1, configuration.every().toMillis());
            var _ = timer.scheduleWithFixedDelay(this::refineQuietly, millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Lets a running pass finish its statement; what it leaves undone stays marked. */
    void stop(@Observes ShutdownEvent event) {
        timer.shutdownNow();
    }

    /**
     * One pass over every refinement. What was acknowledged by the engine before the call is in silver and gold after it,
     * unless another replica is at it.
     *
     * @return whether every refinement was this replica's to refine
     * @throws RefiningException if one could not be refined to the end; the others were all the same
     */
    public boolean refine() {
        boolean all = true;
        RefiningException failure = null;
        for (Refinement refinement : refinements) {
            try {
                all &= refine(refinement);
            } catch (RefiningException failed) {
                meters.counter("quarry.refining.failures", "refinement", refinement.name())
                        .increment();
                failure = failed;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return all;
    }

    private void refineQuietly() {
        try {
            refine();
        } catch (RefiningException failed) {
            LOG.warnf("Refining will be tried again: %s", failed.getMessage());
        } catch (RuntimeException | Error wrong) {
            LOG.error("Refining failed", wrong);
        }
    }

    private boolean refine(Refinement refinement) {
        Optional<Lease> taken = Lease.tryTake(vertx, postgres, refinement.name());
        if (taken.isEmpty()) {
            return false;
        }
        try (Lease lease = taken.get()) {
            var timing = io.micrometer.core.instrument.Timer.start(meters);
            pass(refinement, lease);
            timing.stop(meters.timer("quarry.refining.pass", "refinement", refinement.name()));
        }
        return true;
    }

    /**
     * Every insert that was acknowledged before {@code asOf} shows its marks and its rows by now, or, where there are
     * replicas, after their delay.
     */
    private void pass(Refinement refinement, Lease lease) {
        engine.requireReplicasToKeepUp();
        Instant asOf = engine.list("SELECT now64(3, 'UTC')", Map.of(), row -> row.nextInstant())
                .getFirst();
        List<Mark> marks = marks(refinement);
        Set<String> known = actedOn.computeIfAbsent(refinement.name(), name -> ConcurrentHashMap.newKeySet());
        known.retainAll(new HashSet<>(marks.stream().map(Mark::id).toList()));

        Map<Bucket, List<Mark>> dirty = new LinkedHashMap<>();
        marks.forEach(mark -> dirty.computeIfAbsent(mark.bucket(), bucket -> new ArrayList<>())
                .add(mark));
        dirty.values()
                .removeIf(ofBucket -> ofBucket.stream().allMatch(mark -> !mark.ripe() && known.contains(mark.id())));

        RefiningException failure = null;
        for (List<Bucket> buckets : inBatches(List.copyOf(dirty.keySet()), refinement.largestBatch())) {
            try {
                refinement.rebuild(new Batch(lease.nextVersion(), buckets), new Workshop(engine, lease));
                engine.requireReplicasToKeepUp();
                settle(
                        refinement,
                        buckets.stream()
                                .flatMap(bucket -> dirty.get(bucket).stream())
                                .toList(),
                        known);
                meters.counter("quarry.refining.buckets", "refinement", refinement.name())
                        .increment(buckets.size());
            } catch (RefiningException failed) {
                // The other batches may do better.
                failure = failed;
            }
            lease.confirm();
        }
        if (failure != null) {
            throw failure;
        }
        if (marks.size() < MOST_MARKS) {
            lease.progressed(refinement.name(), asOf.minus(engine.replicaDelay()));
        }
    }

    private List<Mark> marks(Refinement refinement) {
        return engine.list(
                """
                SELECT organization_id, bucket, toString(mark), at,
                    at <= now64(3, 'UTC') - toIntervalMillisecond({grace:UInt64}) AS ripe
                FROM %s FINAL
                WHERE settled = 0
                ORDER BY at
                LIMIT {most:UInt64}
                """.formatted(refinement.marks()),
                Map.of(
                        "grace", Long.toString(configuration.grace().toMillis()),
                        "most", Integer.toString(MOST_MARKS)),
                row -> new Mark(
                        new Bucket(row.nextString(), row.nextInstant()),
                        row.nextString(),
                        row.nextInstant(),
                        row.nextBoolean()));
    }

    private void settle(Refinement refinement, List<Mark> marks, Set<String> known) {
        StringBuilder lines = new StringBuilder();
        for (Mark mark : marks) {
            if (mark.ripe()) {
                lines.append(escape(mark.bucket().organization()))
                        .append('\t')
                        .append(SECONDS.format(mark.bucket().start()))
                        .append('\t')
                        .append(mark.id())
                        .append('\t')
                        .append(MILLISECONDS.format(mark.at()))
                        .append("\t1\n");
            } else {
                known.add(mark.id());
            }
        }
        if (!lines.isEmpty()) {
            engine.insert(refinement.marks(), lines.toString());
        }
    }

    private static List<List<Bucket>> inBatches(List<Bucket> buckets, int largest) {
        List<List<Bucket>> batches = new ArrayList<>();
        for (int from = 0; from < buckets.size(); from += largest) {
            batches.add(buckets.subList(from, Math.min(buckets.size(), from + largest)));
        }
        return batches;
    }

    private static String escape(String field) {
        return field.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n");
    }

    private static void requireTableName(Refinement refinement) {
        if (!TABLE.matcher(refinement.marks()).matches()) {
            throw new IllegalArgumentException("Not a table's name: " + refinement.marks());
        }
    }
}
