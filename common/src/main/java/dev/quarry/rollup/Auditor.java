package dev.quarry.rollup;

import dev.quarry.postgres.DedicatedConnections;
import dev.quarry.postgres.Postgres;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.arc.All;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jboss.logging.Logger;

/**
 * Compares gold with bronze all the time, and marks buckets that differ for a rebuild. They differ if somebody altered
 * or deleted a row, or if a mark was lost. The auditor alternates between the last two days of one organisation after
 * the other, and a random day of a random organisation; it picks newer days more often than older ones. It works for a
 * small share of the time, on one thread of the engine, on one replica at a time.
 *
 * <p>It also carries out verifications that are requested in PostgreSQL. They cover all days.
 */
@ApplicationScoped
@Startup
public class Auditor {
    private static final Logger LOG = Logger.getLogger(Auditor.class);
    private static final Duration LONGEST_TURN = Duration.ofSeconds(1);
    /** Nanoseconds. */
    private static final double LONGEST_PAUSE = Duration.ofHours(1).toNanos();
    /** Seconds that the service waits at its stop for a running comparison. */
    private static final long STOP_SECONDS = 2;

    /**
     * The first range of days of a verification: the newest year. Each next range is the four years before it. If the
     * engine's memory or time is not enough, ranges are shorter.
     */
    private static final Duration NEWEST_STRETCH = Duration.ofDays(366);
    /** Maximum range. The parameters of a statement list all days of a range. */
    private static final Duration LONGEST_STRETCH = Duration.ofDays(1_464);

    private static final int STRETCH_GROWTH = 4;
    /** How often a verification compares buckets again that are still being inserted into. */
    private static final int MOST_LOOKS = 5;
    /** Maximum number of differences that a verification lists. */
    private static final int MOST_TOLD = 1_000;

    private static final String ORGANIZATIONS = "SELECT organization_id FROM organizations ORDER BY organization_id";
    private static final String ASKED = """
            SELECT id, organization_id FROM verifications
            WHERE requested_at > now() - interval '1 day'
              AND NOT EXISTS (SELECT FROM verification_results WHERE verification = id AND rollup = $1)
            ORDER BY requested_at
            """;
    private static final String DONE = """
            INSERT INTO verification_results (verification, rollup, compared, mended, unsettled, remaining)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT DO NOTHING
            """;

    private final List<RollupDefinition> rollups;
    private final RollupClickHouse clickHouse;
    private final Shards shards;
    private final Freshness freshness;
    private final RollupConfiguration configuration;
    private final DedicatedConnections connections;
    private final Postgres postgres;
    private final RollupJob job;
    private final MeterRegistry meters;
    private final Clock clock;
    private final Causes causes = new Causes();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("auditing").daemon().factory());
    /** When the next turn of each rollup may begin, as {@link System#nanoTime}. */
    private final Map<String, Long> resume = new HashMap<>();

    private List<String> organizations = List.of();
    private int next;

    Auditor(
            @All List<RollupDefinition> rollups,
            RollupClickHouse clickHouse,
            Shards shards,
            Freshness freshness,
            RollupConfiguration configuration,
            DedicatedConnections connections,
            Postgres postgres,
            RollupJob job,
            MeterRegistry meters,
            Clock clock) {
        this.rollups = rollups;
        this.clickHouse = clickHouse;
        this.shards = shards;
        this.freshness = freshness;
        this.configuration = configuration;
        this.connections = connections;
        this.postgres = postgres;
        this.job = job;
        this.meters = meters;
        this.clock = clock;
        rollups.forEach(rollup -> {
            compared(rollup);
            differences(rollup);
        });
        if (configuration.enabled() && !rollups.isEmpty()) {
            long millis = Math.max(1, configuration.interval().toMillis());
            var _ = timer.scheduleWithFixedDelay(this::workQuietly, millis, millis, TimeUnit.MILLISECONDS);
        }
    }

    /**
     * Interrupts a running comparison and waits until it has ended. The differences that it found are marked already,
     * or will be found again.
     */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        timer.shutdownNow();
        if (!timer.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
            LOG.debug("A comparison of gold with bronze did not end in time");
        }
    }

    /**
     * Takes one turn: carries out requested verifications, then makes comparisons for the configured share of the time.
     */
    public void work() {
        work(rollup -> true);
    }

    /** @param due which rollups to compare */
    private void work(Predicate<RollupDefinition> due) {
        for (RollupDefinition rollup : rollups) {
            Optional<AdvisoryLock> ours = AdvisoryLock.tryTake(connections, "auditing " + rollup.name());
            if (ours.isPresent()) {
                try (AdvisoryLock _ = ours.get()) {
                    work(rollup, due.test(rollup));
                }
            }
        }
    }

    /**
     * Retries a failed verification for a day. A failed verification does not stop other verifications or the audit.
     */
    private void work(RollupDefinition rollup, boolean due) {
        RuntimeException failure = null;
        for (var asked : asked(rollup)) {
            try {
                verify(rollup, asked);
            } catch (RuntimeException failed) {
                failure = failed;
            }
        }
        if (due) {
            audit(rollup);
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void workQuietly() {
        try {
            work(this::isDue);
        } catch (RuntimeException failed) {
            if (timer.isShutdown()) {
                LOG.debug("The stop of the service broke off a comparison of gold with bronze", failed);
            } else if (causes.isNewMistake(failed)) {
                LOG.error("Auditing failed and will go on; only the message is logged from now on", failed);
            } else {
                LOG.warnf("Auditing will go on: %s", failed.getMessage());
            }
        } catch (Error wrong) {
            LOG.error("Auditing failed", wrong);
        }
    }

    private boolean isDue(RollupDefinition rollup) {
        Long pausesUntil = resume.get(rollup.name());
        return pausesUntil == null || System.nanoTime() - pausesUntil >= 0;
    }

    private record Asked(UUID id, Optional<String> organization) {}

    private List<Asked> asked(RollupDefinition rollup) {
        return postgres.listAll(
                ASKED, row -> new Asked(row.getUUID(0), Optional.ofNullable(row.getString(1))), rollup.name());
    }

    /**
     * Makes at least one comparison, and more until the share of the time is used up. A longer turn, because a day has
     * many events, is followed by a pause, so that the share holds.
     */
    private void audit(RollupDefinition rollup) {
        long begin = System.nanoTime();
        if (configuration.auditShare() <= 0) {
            return;
        }
        double nanos = configuration.auditShare() * configuration.interval().toNanos();
        long end = begin + (long) Math.min(nanos, (double) LONGEST_TURN.toNanos());
        try {
            audit(rollup, end);
        } finally {
            double taken = System.nanoTime() - begin;
            resume.put(rollup.name(), begin + (long) Math.min(taken / configuration.auditShare(), LONGEST_PAUSE));
        }
    }

    private void audit(RollupDefinition rollup, long end) {
        do {
            if (next == 0) {
                organizations = organizations();
            }
            if (organizations.isEmpty()) {
                return;
            }
            Instant today = clock.instant().truncatedTo(ChronoUnit.DAYS);
            String newest = organizations.get(next);
            next = (next + 1) % organizations.size();
            audit(rollup, newest, today.minus(Duration.ofDays(1)), today.plus(Duration.ofDays(2)));

            var random = ThreadLocalRandom.current();
            String any = organizations.get(random.nextInt(organizations.size()));
            // The last 2 to 4 days are as likely as the last 4 to 8, and so on.
            double age = Math.pow(2, 1 + random.nextDouble() * Math.log((double) daysKept()) / Math.log(2));
            Instant day = today.minus(Duration.ofDays((long) age));
            audit(rollup, any, day, day.plus(Duration.ofDays(1)));
        } while (System.nanoTime() < end);
    }

    private void audit(RollupDefinition rollup, String organization, Instant from, Instant to) {
        for (Shard shard : shards(organization)) {
            count(rollup, comparing(rollup, shard).compare(organization, from, to));
        }
    }

    private List<Shard> shards(String organization) {
        return shards.of(freshness.shards(organization));
    }

    private Comparing comparing(RollupDefinition rollup, Shard shard) {
        return new Comparing(rollup, shard, connections, job);
    }

    private void count(RollupDefinition rollup, Audit audit) {
        compared(rollup).increment((double) audit.compared());
        differences(rollup).increment(audit.differences().size());
        for (Audit.Difference difference : audit.differences()) {
            LOG.warnf("Gold of %s differs from bronze and will be rebuilt: %s", rollup.name(), difference);
        }
    }

    private void verify(RollupDefinition rollup, Asked asked) {
        Verification verification = new Verification();
        Instant end = clock.instant().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(3));
        Instant begin = end.minus(Duration.ofDays(daysKept() + 3L));
        for (String organization : asked.organization().map(List::of).orElseGet(this::organizations)) {
            for (Shard shard : shards(organization)) {
                verify(rollup, shard, organization, begin, end, verification);
            }
        }
        differences(rollup).increment(verification.found.size());
        compared(rollup).increment((double) verification.compared);
        var _ = postgres.write(
                DONE,
                row -> row,
                asked.id(),
                rollup.name(),
                verification.compared,
                verification.mended(),
                texts(verification.unsettled),
                texts(verification.remaining.values()));
    }

    /** Verifies all days, one range after the other. */
    private void verify(
            RollupDefinition rollup,
            Shard shard,
            String organization,
            Instant begin,
            Instant end,
            Verification verification) {
        Comparing comparing = comparing(rollup, shard);
        Duration stretch = NEWEST_STRETCH;
        int growth = STRETCH_GROWTH;
        for (Instant to = end; to.isAfter(begin); ) {
            Instant from = to.minus(stretch).isAfter(begin) ? to.minus(stretch) : begin;
            try {
                verify(comparing, shard, organization, from, to, verification);
            } catch (RollupException tooMuch) {
                if (stretch.toDays() == 1) {
                    throw tooMuch;
                }
                LOG.debugf(tooMuch, "A verification of %d days failed and is tried with fewer", stretch.toDays());
                stretch = Duration.ofDays(Math.max(1, stretch.toDays() / 4));
                growth = 1;
                continue;
            }
            to = from;
            stretch = shorter(stretch.multipliedBy(growth), LONGEST_STRETCH);
        }
    }

    /** The findings of a verification so far. */
    private static final class Verification {
        private long compared;
        private final Map<Bucket, Audit.Difference> found = new HashMap<>();
        private final Map<Bucket, Audit.Difference> remaining = new LinkedHashMap<>();
        private final Set<Bucket> unsettled = new LinkedHashSet<>();

        long mended() {
            return found.keySet().stream()
                    .filter(bucket -> !remaining.containsKey(bucket) && !unsettled.contains(bucket))
                    .count();
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Rebuilds the buckets that differ, and compares them again. */
    private void verify(
            Comparing comparing,
            Shard shard,
            String organization,
            Instant from,
            Instant to,
            Verification verification) {
        Audit audit = comparing.compare(organization, from, to);
        verification.compared += audit.compared();
        for (int look = 1; look < MOST_LOOKS && !audit.agrees(); look++) {
            audit.differences().forEach(difference -> verification.found.put(difference.bucket(), difference));
            if (!runQuietly(shard)) {
                pause();
            }
            audit = comparing.compare(organization, from, to);
        }
        audit.differences().forEach(difference -> verification.remaining.put(difference.bucket(), difference));
        for (Bucket bucket : audit.unsettled()) {
            if (verification.found.containsKey(bucket)) {
                // It still has the mark of the first look: no rebuild has succeeded.
                verification.remaining.put(bucket, verification.found.get(bucket));
            } else {
                verification.unsettled.add(bucket);
            }
        }
    }

    /** Runs the rollup job of a shard. Returns whether this replica rebuilt the dirty buckets of every rollup. */
    private boolean runQuietly(Shard shard) {
        try {
            return job.run(List.of(shard));
        } catch (RuntimeException failed) {
            LOG.debug("Verifying failed; the job logs the same failure", failed);
            return false;
        }
    }

    private void pause() {
        try {
            Thread.sleep(configuration.interval());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new RollupException("Interrupted while verifying", stopped);
        }
    }

    private static String[] texts(Collection<?> things) {
        return things.stream().limit(MOST_TOLD).map(Object::toString).toArray(String[]::new);
    }

    private List<String> organizations() {
        return postgres.listAll(ORGANIZATIONS, row -> row.getString(0));
    }

    /** The retention of bronze in days. */
    private long daysKept() {
        return clickHouse
                .statement("SELECT days FROM event_retention")
                .list(row -> row.nextLong())
                .getFirst();
    }

    private Counter compared(RollupDefinition rollup) {
        return Counter.builder("quarry.audit.buckets")
                .description("Buckets of gold compared with bronze")
                .tag("rollup", rollup.name())
                .register(meters);
    }

    private Counter differences(RollupDefinition rollup) {
        return Counter.builder("quarry.audit.differences")
                .description("Buckets of gold that differed from bronze")
                .tag("rollup", rollup.name())
                .register(meters);
    }
}
