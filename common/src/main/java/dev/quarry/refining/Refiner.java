package dev.quarry.refining;

import dev.quarry.postgres.OwnConnections;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
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
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Keeps silver and gold up to date: reads the marks of buckets, has their {@link Refinement} rebuild them from
 * bronze, and clears the marks. One replica does so at a time. {@link Pass} explains a pass.
 */
@ApplicationScoped
@Startup
public class Refiner {
    private static final Logger LOG = Logger.getLogger(Refiner.class);
    /** How long the service's stop waits for a running pass. */
    private static final long STOP_SECONDS = 2;

    private final List<Refinement> refinements;
    private final RefiningEngine engine;
    private final RefiningConfiguration configuration;
    private final OwnConnections postgres;
    private final MeterRegistry meters;
    private final Tracer tracer;
    private final Clock clock;
    private final Versions versions;
    private final Causes causes = new Causes();
    private final Map<String, Pass.State> states = new ConcurrentHashMap<>();

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("refining").daemon().factory());

    Refiner(
            @All List<Refinement> refinements,
            RefiningEngine engine,
            RefiningConfiguration configuration,
            OwnConnections postgres,
            MeterRegistry meters,
            OpenTelemetry telemetry,
            Clock clock) {
        this.refinements = refinements;
        this.engine = engine;
        this.configuration = configuration;
        this.postgres = postgres;
        this.meters = meters;
        this.tracer = telemetry.getTracer("dev.quarry.refining");
        this.clock = clock;
        this.versions = new Versions(engine);
        // There from the start, so that the first failure is seen as a rise.
        for (Refinement refinement : refinements) {
            SetAside setAside = new SetAside(clock, configuration.every());
            states.put(refinement.name(), new Pass.State(setAside));
            passes(refinement, "success");
            passes(refinement, "failure");
            rebuiltBuckets(refinement);
            Gauge.builder("quarry.refining.set.aside.buckets", setAside, SetAside::size)
                    .tag("refinement", refinement.name())
                    .register(meters);
        }
        if (configuration.enabled() && !refinements.isEmpty()) {
            long millis = Math.max(1, configuration.every().toMillis());
            var _ = timer.scheduleWithFixedDelay(this::refineQuietly, millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    /** Interrupts a running pass and waits until it has ended; buckets that it did not rebuild stay marked. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        timer.shutdownNow();
        if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.debug("The running pass did not end in time");
        }
    }

    /**
     * One pass over every refinement. Afterwards, silver and gold have every event that the engine acknowledged before
     * the call, unless another replica is refining, a bucket is set aside because it failed before, or {@linkplain
     * Refinement#bronzeStandsIn() bronze stands in} for a while longer.
     *
     * @return whether every refinement was this replica's to refine
     * @throws RefiningException if one could not be refined to the end; the others were all the same
     */
    public boolean refine() {
        boolean all = true;
        RuntimeException failure = null;
        for (Refinement refinement : refinements) {
            try {
                all &= refine(refinement);
            } catch (RuntimeException failed) {
                failure = failed;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return all;
    }

    /** Looks for gold's versions again, because somebody has altered gold. */
    void goldWasAltered() {
        versions.lookAgain();
    }

    private void refineQuietly() {
        try {
            refine();
        } catch (RuntimeException failed) {
            if (timer.isShutdown()) {
                LOG.debug("The stop of the service interrupted a pass", failed);
            } else if (causes.isNewMistake(failed)) {
                LOG.error("Refining failed and will be tried again; only the message is logged from now on", failed);
            } else {
                LOG.warnf("Refining will be tried again: %s", failed.getMessage());
            }
        } catch (Error wrong) {
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
            new Pass(
                            refinement,
                            lease,
                            engine,
                            configuration.grace(),
                            clock,
                            states.get(refinement.name()),
                            buckets -> rebuild(refinement, lease, buckets))
                    .run();
        }
        return true;
    }

    private Timer passes(Refinement refinement, String outcome) {
        return meters.timer("quarry.refining.pass", "refinement", refinement.name(), "outcome", outcome);
    }

    private Counter rebuiltBuckets(Refinement refinement) {
        return meters.counter("quarry.refining.buckets", "refinement", refinement.name());
    }

    private void rebuild(Refinement refinement, Lease lease, List<Bucket> buckets) {
        Span span = tracer.spanBuilder("refine " + refinement.name())
                .setNoParent()
                .setAttribute("quarry.buckets", buckets.size())
                .startSpan();
        try (Scope _ = span.makeCurrent()) {
            refinement.rebuild(new Batch(versions.next(refinement, lease), buckets), new Workshop(engine, lease));
            rebuiltBuckets(refinement).increment(buckets.size());
        } catch (RuntimeException | Error failed) {
            span.setStatus(StatusCode.ERROR);
            throw failed;
        } finally {
            span.end();
        }
    }
}
