package dev.quarry.refining;

import dev.quarry.postgres.OwnConnections;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
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
import java.util.stream.Collectors;
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
    /** How long the service's stop waits for a running pass. */
    private static final long STOP_SECONDS = 2;

    private final List<Refinement> refinements;
    private final RefiningEngine engine;
    private final RefiningConfiguration configuration;
    private final OwnConnections postgres;
    private final MeterRegistry meters;
    private final Tracer tracer;
    /** Marks that were acted on but are not ripe yet, by refinement. Forgetting them costs a rebuild, nothing else. */
    private final Map<String, Set<String>> actedOn = new ConcurrentHashMap<>();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("refining").daemon().factory());

    Refiner(
            @All List<Refinement> refinements,
            RefiningEngine engine,
            RefiningConfiguration configuration,
            OwnConnections postgres,
            MeterRegistry meters,
            OpenTelemetry telemetry) {
        this.refinements = refinements;
        this.engine = engine;
        this.configuration = configuration;
        this.postgres = postgres;
        this.meters = meters;
        this.tracer = telemetry.getTracer("dev.quarry.refining");
        refinements.forEach(Refiner::requireTableName);
        // There from the start, so that the first failure is seen as a rise.
        for (Refinement refinement : refinements) {
            passes(refinement, "success");
            passes(refinement, "failure");
            rebuiltBuckets(refinement);
        }
        if (configuration.enabled() && !refinements.isEmpty()) {
            long millis = Math.max(1, configuration.every().toMillis());
            var _ = timer.scheduleWithFixedDelay(this::refineQuietly, millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Breaks off a running pass and waits until it has ended; what it leaves undone stays marked. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        timer.shutdownNow();
        if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.debug("A pass of refining did not end in time");
        }
    }

    /**
     * One pass over every refinement. What was acknowledged by the engine before the call is in silver and gold after it,
     * unless another replica is at it or {@linkplain Refinement#bronzeStandsIn() bronze stands in} for a while longer.
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
            if (timer.isShutdown()) {
                LOG.debug("The stop of the service broke off a pass of refining", failed);
                return;
            }
            LOG.warnf("Refining will be tried again: %s", failed.getMessage());
        } catch (RuntimeException | Error wrong) {
            if (timer.isShutdown()) {
                LOG.debug("The stop of the service broke off a pass of refining", wrong);
                return;
            }
            LOG.error("Refining failed", wrong);
        }
    }

    private boolean refine(Refinement refinement) {
        long start = System.nanoTime();
        try {
            boolean ours = refineIfFree(refinement);
            if (ours) {
                passes(refinement, "success").record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            }
            return ours;
        } catch (RuntimeException | Error failed) {
            passes(refinement, "failure").record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            throw failed;
        }
    }

    private boolean refineIfFree(Refinement refinement) {
        Optional<Lease> taken = Lease.tryTake(postgres, refinement.name());
        if (taken.isEmpty()) {
            return false;
        }
        try (Lease lease = taken.get()) {
            pass(refinement, lease);
        }
        return true;
    }

    private Timer passes(Refinement refinement, String outcome) {
        return meters.timer("quarry.refining.pass", "refinement", refinement.name(), "outcome", outcome);
    }

    private Counter rebuiltBuckets(Refinement refinement) {
        return meters.counter("quarry.refining.buckets", "refinement", refinement.name());
    }

    /**
     * Every insert that was acknowledged before {@code asOf} shows its marks and its rows by now, or, where there are
     * replicas, after their delay.
     */
    private void pass(Refinement refinement, Lease lease) {
        engine.requireReplicasToKeepUp();
        Instant asOf = enginesNow();
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
            List<Mark> ofBatch = buckets.stream()
                    .flatMap(bucket -> dirty.get(bucket).stream())
                    .toList();
            try {
                rebuild(refinement, lease, buckets, ofBatch, known);
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

    private void rebuild(
            Refinement refinement, Lease lease, List<Bucket> buckets, List<Mark> marks, Set<String> known) {
        Span span = tracer.spanBuilder("refine " + refinement.name())
                .setNoParent()
                .setAttribute("quarry.buckets", buckets.size())
                .startSpan();
        try (Scope _ = span.makeCurrent()) {
            refinement.rebuild(new Batch(lease.nextVersion(), buckets), new Workshop(engine, lease));
            engine.requireReplicasToKeepUp();
            settle(refinement, marks, known);
            rebuiltBuckets(refinement).increment(buckets.size());
        } catch (RuntimeException | Error failed) {
            span.setStatus(StatusCode.ERROR);
            throw failed;
        } finally {
            span.end();
        }
    }

    private List<Mark> marks(Refinement refinement) {
        return engine.list(
                """
                SELECT organization_id, bucket, toString(mark),
                    at <= now64(3, 'UTC') - toIntervalMillisecond({grace:UInt64}) AS ripe
                FROM %1$s FINAL
                WHERE settled = 0
                  AND ({with_young:Bool} OR (organization_id, bucket) NOT IN
                  (
                      SELECT organization_id, bucket
                      FROM %1$s
                      WHERE settled = 0 AND at > now64(3, 'UTC') - toIntervalMillisecond({grace:UInt64})
                  ))
                ORDER BY at
                LIMIT {most:UInt64}
                """.formatted(refinement.marks()),
                Map.of(
                        "with_young", Boolean.toString(!refinement.bronzeStandsIn()),
                        "grace", Long.toString(configuration.grace().toMillis()),
                        "most", Integer.toString(MOST_MARKS)),
                row -> new Mark(new Bucket(row.nextString(), row.nextInstant()), row.nextString(), row.nextBoolean()));
    }

    private void settle(Refinement refinement, List<Mark> marks, Set<String> known) {
        Map<Boolean, List<Mark>> byRipeness = marks.stream().collect(Collectors.partitioningBy(Mark::ripe));
        byRipeness.get(false).forEach(young -> known.add(young.id()));
        if (byRipeness.get(true).isEmpty()) {
            return;
        }
        String now = MILLISECONDS.format(enginesNow());
        StringBuilder lines = new StringBuilder();
        for (Mark mark : byRipeness.get(true)) {
            lines.append(escape(mark.bucket().organization()))
                    .append('\t')
                    .append(SECONDS.format(mark.bucket().start()))
                    .append('\t')
                    .append(mark.id())
                    .append('\t')
                    .append(now)
                    .append("\t1\n");
        }
        engine.insert(refinement.marks(), lines.toString());
    }

    private Instant enginesNow() {
        return engine.list("SELECT now64(3, 'UTC')", Map.of(), row -> row.nextInstant())
                .getFirst();
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
