package dev.quarry.rollup;

import dev.quarry.postgres.DedicatedConnections;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Gatherers;
import org.jboss.logging.Logger;

/**
 * The rollup job. It keeps silver and gold up to date: it reads the marks, lets the {@link RollupDefinition} of the
 * dirty buckets rebuild them from bronze, and clears the marks. One replica at a time does the work. {@link Pass}
 * explains a pass.
 */
@ApplicationScoped
@Startup
public class RollupJob {
    private static final Logger LOG = Logger.getLogger(RollupJob.class);
    /** Seconds that the service waits at its stop for a running pass. */
    private static final long STOP_SECONDS = 2;

    private final List<RollupDefinition> rollups;
    private final RollupClickHouse clickHouse;
    private final RollupConfiguration configuration;
    private final DedicatedConnections postgres;
    private final Freshness freshness;
    private final MeterRegistry meters;
    private final Tracer tracer;
    private final Clock clock;
    private final Versions versions;
    private final Pace pace;
    private final Causes causes = new Causes();
    private final Map<String, Pass.State> states = new ConcurrentHashMap<>();

    /** Not a timer of Quarkus: those tick once a second, and a stop of the service would wait for a running pass. */
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("rollup").daemon().factory());

    RollupJob(
            @All List<RollupDefinition> rollups,
            RollupClickHouse clickHouse,
            RollupConfiguration configuration,
            DedicatedConnections postgres,
            Freshness freshness,
            MeterRegistry meters,
            OpenTelemetry telemetry,
            Clock clock) {
        this.rollups = rollups;
        this.clickHouse = clickHouse;
        this.configuration = configuration;
        this.postgres = postgres;
        this.freshness = freshness;
        this.meters = meters;
        this.tracer = telemetry.getTracer("dev.quarry.rollup");
        this.clock = clock;
        this.versions = new Versions(clickHouse);
        this.pace = new Pace(configuration.interval(), configuration.share());
        // Registers the metrics now, so that the first failure shows as a rise.
        for (RollupDefinition rollup : rollups) {
            SetAside setAside = new SetAside(clock, configuration.interval());
            Pass.State state = new Pass.State(setAside);
            states.put(rollup.name(), state);
            passes(rollup, "success");
            passes(rollup, "failure");
            rebuiltBuckets(rollup);
            Gauge.builder("quarry.rollup.set.aside.buckets", setAside, SetAside::size)
                    .tag("rollup", rollup.name())
                    .register(meters);
            Gauge.builder("quarry.rollup.dirty.buckets", state.waiting, AtomicLong::get)
                    .tag("rollup", rollup.name())
                    .register(meters);
            FunctionCounter.builder("quarry.rollup.marks", state.cleared, AtomicLong::get)
                    .tag("rollup", rollup.name())
                    .register(meters);
        }
        if (configuration.enabled() && !rollups.isEmpty()) {
            runAfter(configuration.interval());
        }
    }

    private void runAfter(Duration pause) {
        var _ = timer.schedule(this::runAndPause, Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS);
    }

    private void runAndPause() {
        long start = System.nanoTime();
        runQuietly();
        if (!timer.isShutdown()) {
            runAfter(pace.pauseAfter(Duration.ofNanos(System.nanoTime() - start)));
        }
    }

    /** Interrupts a running pass and waits until it has ended. Buckets that it did not rebuild stay dirty. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        timer.shutdownNow();
        if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.debug("The running pass did not end in time");
        }
    }

    /**
     * Runs one pass over every rollup. Afterwards, silver and gold have every event that the engine acknowledged before
     * the call, unless another replica runs the job, or a bucket is set aside because it failed before.
     *
     * @return whether this replica got the lock of every rollup
     * @throws RollupException if a pass of one rollup failed; the other rollups had their pass nevertheless
     */
    public boolean run() {
        List<RuntimeException> failures = new ArrayList<>();
        boolean all = run(failures);
        if (!failures.isEmpty()) {
            throw failures.getLast();
        }
        return all;
    }

    private boolean run(List<RuntimeException> failures) {
        boolean all = true;
        for (RollupDefinition rollup : rollups) {
            try {
                all &= run(rollup);
            } catch (RuntimeException failed) {
                failures.add(failed);
            }
        }
        // The other replicas read the progress when PostgreSQL notifies them.
        freshness.readQuietly();
        return all;
    }

    /** Mends buckets that differ from bronze, before they are rebuilt. The caller of this method holds the lock. */
    void mend(RollupDefinition rollup, AdvisoryLock lock, List<Bucket> buckets) {
        if (buckets.isEmpty()) {
            return;
        }
        // Whoever altered gold may have written larger versions.
        versions.lookAgain();
        buckets.stream()
                .gather(Gatherers.windowFixed(rollup.largestBatch()))
                .forEach(some -> rollup.mend(
                        new Batch(versions.next(rollup, lock), some), new RebuildContext(clickHouse, lock)));
    }

    private void runQuietly() {
        try {
            List<RuntimeException> failures = new ArrayList<>();
            run(failures);
            failures.forEach(this::log);
        } catch (Error wrong) {
            LOG.error("The rollup job failed", wrong);
        }
    }

    private void log(RuntimeException failed) {
        if (timer.isShutdown()) {
            LOG.debug("The stop of the service interrupted a pass", failed);
        } else if (causes.isNewMistake(failed)) {
            LOG.error("The rollup job failed and will try again; only the message is logged from now on", failed);
        } else {
            LOG.warnf("The rollup job will try again: %s", failed.getMessage());
        }
    }

    private boolean run(RollupDefinition rollup) {
        long start = System.nanoTime();
        try {
            boolean ours = runIfFree(rollup);
            if (ours) {
                passes(rollup, "success").record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            }
            return ours;
        } catch (RuntimeException | Error failed) {
            passes(rollup, "failure").record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            throw failed;
        }
    }

    private boolean runIfFree(RollupDefinition rollup) {
        Optional<AdvisoryLock> taken = AdvisoryLock.tryTake(postgres, rollup.name());
        if (taken.isEmpty()) {
            states.get(rollup.name()).waiting.set(0);
            return false;
        }
        try (AdvisoryLock lock = taken.get()) {
            new Pass(
                            rollup,
                            lock,
                            clickHouse,
                            configuration.grace(),
                            clock,
                            states.get(rollup.name()),
                            buckets -> rebuild(rollup, lock, buckets))
                    .run();
        }
        return true;
    }

    private Timer passes(RollupDefinition rollup, String outcome) {
        return meters.timer("quarry.rollup.pass", "rollup", rollup.name(), "outcome", outcome);
    }

    private Counter rebuiltBuckets(RollupDefinition rollup) {
        return meters.counter("quarry.rollup.buckets", "rollup", rollup.name());
    }

    private void rebuild(RollupDefinition rollup, AdvisoryLock lock, List<Bucket> buckets) {
        Span span = tracer.spanBuilder("rebuild " + rollup.name())
                .setNoParent()
                .setAttribute("quarry.buckets", buckets.size())
                .startSpan();
        try (Scope _ = span.makeCurrent()) {
            rollup.rebuild(new Batch(versions.next(rollup, lock), buckets), new RebuildContext(clickHouse, lock));
            rebuiltBuckets(rollup).increment(buckets.size());
        } catch (RuntimeException failed) {
            span.setStatus(StatusCode.ERROR);
            // The pass ends with the failure of its last bucket; those of other buckets may have other causes.
            if (!timer.isShutdown() && causes.isNewMistake(failed)) {
                LOG.errorf(failed, "A rebuild of %s failed; only the message is logged from now on", rollup.name());
            }
            throw failed;
        } catch (Error failed) {
            span.setStatus(StatusCode.ERROR);
            throw failed;
        } finally {
            span.end();
        }
    }
}
