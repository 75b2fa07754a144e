package dev.quarry.rollup;

import dev.quarry.postgres.DedicatedConnections;
import dev.quarry.time.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
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
 * dirty buckets rebuild them from bronze, and clears the marks. One replica at a time does the work of a shard: on one
 * node, there is one. Each shard has its own lock, progress and thread, so a shard that is away stops only its own tenants.
 * {@link Pass} explains a pass.
 */
@ApplicationScoped
@Startup
public class RollupJob {
    private static final Logger LOG = Logger.getLogger(RollupJob.class);
    /** Seconds that the service waits at its stop for a running pass. */
    private static final long STOP_SECONDS = 2;

    private final List<RollupDefinition> rollups;
    private final Shards shards;
    private final RollupConfiguration configuration;
    private final DedicatedConnections postgres;
    private final Freshness freshness;
    private final MeterRegistry meters;
    private final Tracer tracer;
    private final Clock clock;
    private final Ticker ticker;
    private final Pace pace;
    private final Causes causes = new Causes();
    private final Map<Task, Pass.State> states = new ConcurrentHashMap<>();

    /**
     * A thread for each shard. Not a timer of Quarkus: those tick once a second, and a stop of the service would wait for a
     * running pass.
     */
    private final ScheduledExecutorService timer;

    /** A rollup of a shard. */
    private record Task(RollupDefinition rollup, Shard shard) {}

    RollupJob(
            @All List<RollupDefinition> rollups,
            Shards shards,
            RollupConfiguration configuration,
            DedicatedConnections postgres,
            Freshness freshness,
            MeterRegistry meters,
            OpenTelemetry telemetry,
            Clock clock,
            Ticker ticker) {
        this.rollups = rollups;
        this.shards = shards;
        this.configuration = configuration;
        this.postgres = postgres;
        this.freshness = freshness;
        this.meters = meters;
        this.tracer = telemetry.getTracer("dev.quarry.rollup");
        this.clock = clock;
        this.ticker = ticker;
        this.pace = new Pace(configuration.interval(), configuration.share());
        this.timer = Executors.newScheduledThreadPool(
                shards.all().size(),
                Thread.ofPlatform().name("rollup-", 1).daemon().factory());
        for (Shard shard : shards.all()) {
            rollups.forEach(rollup -> register(new Task(rollup, shard)));
            if (configuration.enabled() && !rollups.isEmpty()) {
                runAfter(configuration.interval(), shard);
            }
        }
    }

    private void runAfter(Duration pause, Shard shard) {
        var _ = timer.schedule(() -> runAndPause(shard), Math.max(1, pause.toMillis()), TimeUnit.MILLISECONDS);
    }

    private void runAndPause(Shard shard) {
        long start = System.nanoTime();
        runQuietly(shard);
        if (!timer.isShutdown()) {
            runAfter(pace.pauseAfter(Duration.ofNanos(System.nanoTime() - start)), shard);
        }
    }

    /** Registers the metrics at the start, so that the first failure shows as a rise. */
    private void register(Task task) {
        SetAside setAside = new SetAside(clock, configuration.interval());
        Pass.State state = new Pass.State(setAside);
        states.put(task, state);
        passes(task, "success");
        passes(task, "failure");
        rebuiltBuckets(task);
        Tags tags = task.shard().tags(task.rollup());
        Gauge.builder("quarry.rollup.set.aside.buckets", setAside, SetAside::size)
                .tags(tags)
                .register(meters);
        Gauge.builder("quarry.rollup.dirty.buckets", state.waiting, AtomicLong::get)
                .tags(tags)
                .register(meters);
        FunctionCounter.builder("quarry.rollup.marks", state.cleared, AtomicLong::get)
                .tags(tags)
                .register(meters);
    }

    /** Interrupts a running pass and waits until it has ended. Buckets that it did not rebuild stay dirty. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        timer.shutdownNow();
        if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.debug("The running pass did not end in time");
        }
    }

    /**
     * Runs one pass over every rollup of every shard. Afterwards, silver and gold have every event that the engine
     * acknowledged before the call, unless another replica runs the job, or a bucket is set aside because it failed before.
     *
     * @return whether this replica got the lock of every rollup and shard
     * @throws RollupException if a pass failed; the other rollups and shards had their pass nevertheless
     */
    public boolean run() {
        return run(shards.all());
    }

    /** As {@link #run()}, for some shards only. */
    boolean run(List<Shard> some) {
        List<RuntimeException> failures = new ArrayList<>();
        boolean all = true;
        for (Shard shard : some) {
            all &= run(shard, failures);
        }
        if (!failures.isEmpty()) {
            throw failures.getLast();
        }
        return all;
    }

    private boolean run(Shard shard, List<RuntimeException> failures) {
        boolean all = true;
        for (RollupDefinition rollup : rollups) {
            try {
                all &= run(new Task(rollup, shard));
            } catch (RuntimeException failed) {
                failures.add(failed);
            }
        }
        // The other replicas read the progress when PostgreSQL notifies them.
        freshness.readQuietly();
        return all;
    }

    /** Mends buckets that differ from bronze, before they are rebuilt. The caller of this method holds the lock. */
    void mend(RollupDefinition rollup, Shard shard, AdvisoryLock lock, List<Bucket> buckets) {
        if (buckets.isEmpty()) {
            return;
        }
        // Whoever altered gold may have written larger versions.
        shard.versions().lookAgain();
        buckets.stream()
                .gather(Gatherers.windowFixed(rollup.largestBatch()))
                .forEach(some -> rollup.mend(
                        new Batch(shard.versions().next(rollup, lock), some),
                        new RebuildContext(shard.clickHouse(), lock)));
    }

    private void runQuietly(Shard shard) {
        try {
            List<RuntimeException> failures = new ArrayList<>();
            run(shard, failures);
            failures.forEach(failed -> log(shard, failed));
        } catch (Error wrong) {
            LOG.error("The rollup job failed", wrong);
        }
    }

    private void log(Shard shard, RuntimeException failed) {
        if (timer.isShutdown()) {
            LOG.debug("The stop of the service interrupted a pass", failed);
        } else if (causes.isNewMistake(failed)) {
            LOG.errorf(
                    failed,
                    "The rollup job%s failed and will try again; only the message is logged from now on",
                    shard.suffix());
        } else {
            LOG.warnf("The rollup job%s will try again: %s", shard.suffix(), failed.getMessage());
        }
    }

    private boolean run(Task task) {
        long start = System.nanoTime();
        try {
            boolean ours = runIfFree(task);
            if (ours) {
                passes(task, "success").record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            }
            return ours;
        } catch (RuntimeException | Error failed) {
            passes(task, "failure").record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            throw failed;
        }
    }

    private boolean runIfFree(Task task) {
        Pass.State state = states.get(task);
        Optional<AdvisoryLock> taken = AdvisoryLock.tryTake(
                postgres, task.rollup().name(), task.shard().number());
        if (taken.isEmpty()) {
            if (!state.running) {
                state.waiting.set(0);
            }
            return false;
        }
        state.running = true;
        try (AdvisoryLock lock = taken.get()) {
            new Pass(
                            task.rollup(),
                            lock,
                            task.shard().clickHouse(),
                            configuration.grace(),
                            ticker,
                            state,
                            buckets -> rebuild(task, lock, buckets))
                    .run();
        } finally {
            state.running = false;
        }
        return true;
    }

    private Timer passes(Task task, String outcome) {
        return meters.timer(
                "quarry.rollup.pass", task.shard().tags(task.rollup()).and("outcome", outcome));
    }

    private Counter rebuiltBuckets(Task task) {
        return meters.counter("quarry.rollup.buckets", task.shard().tags(task.rollup()));
    }

    private void rebuild(Task task, AdvisoryLock lock, List<Bucket> buckets) {
        RollupDefinition rollup = task.rollup();
        Shard shard = task.shard();
        Span span = tracer.spanBuilder("rebuild " + rollup.name())
                .setNoParent()
                .setAttribute("quarry.buckets", buckets.size())
                .startSpan();
        try (Scope _ = span.makeCurrent()) {
            rollup.rebuild(
                    new Batch(shard.versions().next(rollup, lock), buckets),
                    new RebuildContext(shard.clickHouse(), lock));
            rebuiltBuckets(task).increment(buckets.size());
        } catch (RuntimeException failed) {
            span.setStatus(StatusCode.ERROR);
            // The pass ends with the failure of its last bucket; those of other buckets may have other causes.
            if (!timer.isShutdown() && causes.isNewMistake(failed)) {
                LOG.errorf(
                        failed,
                        "A rebuild of %s%s failed; only the message is logged from now on",
                        rollup.name(),
                        shard.suffix());
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
