package dev.quarry.rollup;

import dev.quarry.caller.Caller;
import dev.quarry.time.Ticker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jboss.logging.Logger;

/**
 * One pass over the dirty buckets of a rollup, by the holder of its lock. It rebuilds dirty buckets in batches, and
 * clears their marks.
 *
 * <p>A round clears the marks of its buckets after it has announced, together with its progress, which organisations
 * changed. If it is killed in between, the next pass rebuilds and announces these buckets again.
 *
 * <p>A rebuild clears a mark on evidence: the mark's witness was seen in bronze before the rebuild began, and the same
 * replicas were read before and after. A witness is not visible if its rows are not visible yet, if a merge has
 * replaced it with a later delivery of the same event, or if the INSERT failed. Every pass rebuilds such a bucket until
 * this replica has known the mark for the grace.
 *
 * <p>If a batch fails while the stores are healthy, the pass halves it until the bad bucket is alone, and sets that
 * bucket aside. The bucket's organisation is behind until the bucket has been rebuilt.
 */
final class Pass {
    private static final Logger LOG = Logger.getLogger(Pass.class);
    /** Maximum number of buckets in one round; the next round continues from there. */
    private static final int MOST_BUCKETS = 10_000;
    /** Duration of a round, after which the pass records its progress. */
    private static final Duration ROUND = Duration.ofSeconds(20);
    /** After this many failures in a row, the buckets are not the cause. */
    private static final int MOST_FAILURES = 16;

    private final RollupDefinition rollup;
    private final AdvisoryLock lock;
    private final RollupClickHouse clickHouse;
    private final Duration grace;
    private final Ticker ticker;
    private final State state;
    private final Rebuilding rebuilding;
    private final DirtyMarks marks;
    /** Organisations with a bucket that this round rebuilt. */
    private final Set<String> changed = new HashSet<>();
    /** Marks of buckets that this round rebuilt. */
    private final List<DirtyMark> certain = new ArrayList<>();

    private int failuresInARow;
    /**
     * Set once the buckets are not the cause: the pass rebuilds nothing more, and records the progress of the others.
     */
    private boolean broken;

    private RuntimeException failure;

    /** What a replica remembers of a rollup between passes. If it is lost, the only cost is extra rebuilds. */
    static final class State {
        final SetAside setAside;
        /** Dirty buckets that the pass has not rebuilt yet; 0 while another replica runs the job. */
        final AtomicLong waiting = new AtomicLong();
        /** Whether this replica runs a pass. The job and the auditor have threads of their own, but share this state. */
        volatile boolean running;
        /** Number of marks that this replica cleared: blocks of inserts, once for each bucket. */
        final AtomicLong cleared = new AtomicLong();
        /** Marks whose witness is not visible, and when this replica first saw each mark, by the {@link Ticker}. */
        private final Map<String, Long> unproven = new HashMap<>();

        State(SetAside setAside) {
            this.setAside = setAside;
        }
    }

    /** Rebuilds a batch, with a version of its own. */
    @FunctionalInterface
    interface Rebuilding extends Consumer<List<Bucket>> {}

    Pass(
            RollupDefinition rollup,
            AdvisoryLock lock,
            RollupClickHouse clickHouse,
            Duration grace,
            Ticker ticker,
            State state,
            Rebuilding rebuilding) {
        this.rollup = rollup;
        this.lock = lock;
        this.clickHouse = clickHouse;
        this.grace = grace;
        this.ticker = ticker;
        this.state = state;
        this.rebuilding = rebuilding;
        this.marks = new DirtyMarks(clickHouse, rollup);
    }

    /**
     * Counts every insert that was acknowledged before the pass. Marks and rows of these inserts are visible now or,
     * with replicas, after the replicas' delay.
     *
     * @throws RollupException if a store does not answer; or, at the end, if a bucket could not be rebuilt
     */
    void run() {
        boolean more = true;
        while (more) {
            more = round();
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Returns whether buckets are left for another round. */
    private boolean round() {
        long end = System.nanoTime() + ROUND.toNanos();
        clickHouse.requireKnownShards();
        clickHouse.replicasThatKeepUp();
        Instant asOf = clickHouse.now();
        List<DirtyMarks.Dirty> dirty = marks.dirty(rollup.largestBatch(), MOST_BUCKETS);
        state.waiting.set(number(dirty));
        Set<String> unseen = new HashSet<>();
        Set<String> behind = notListed(dirty);
        boolean more = !behind.isEmpty();

        List<Bucket> due = new ArrayList<>();
        for (DirtyMarks.Dirty one : dirty) {
            if (state.setAside.mustWait(one.bucket())) {
                behind.add(one.bucket().organization());
            } else {
                due.add(one.bucket());
            }
        }
        for (List<Bucket> batch : inBatches(due)) {
            if (System.nanoTime() > end) {
                more = true;
                batch.forEach(bucket -> behind.add(bucket.organization()));
            } else {
                rebuild(batch, behind, unseen);
            }
            lock.confirm();
        }
        lock.progressed(asOf.minus(clickHouse.replicaDelay()), organizationIds(behind), organizationIds(changed));
        marks.clear(certain);
        state.cleared.addAndGet(certain.size());
        changed.clear();
        certain.clear();
        if (!more && !broken) {
            state.unproven.keySet().retainAll(unseen);
            Set<Bucket> known = new HashSet<>();
            dirty.forEach(one -> known.add(one.bucket()));
            state.setAside.retain(known);
        }
        return more && !broken;
    }

    private static List<String> organizationIds(Set<String> names) {
        return names.stream().filter(Caller::isOrganizationId).toList();
    }

    /** {@return how many buckets are dirty, listed or not; without organisations of which none is listed} */
    private static long number(List<DirtyMarks.Dirty> dirty) {
        Map<String, Long> ofOrganization = new HashMap<>();
        dirty.forEach(one -> ofOrganization.put(one.bucket().organization(), one.ofOrganization()));
        return ofOrganization.values().stream().mapToLong(Long::longValue).sum();
    }

    /** Organisations with dirty buckets that were not listed. */
    private Set<String> notListed(List<DirtyMarks.Dirty> dirty) {
        Map<String, Long> listed = new HashMap<>();
        dirty.forEach(one -> listed.merge(one.bucket().organization(), 1L, Long::sum));
        Set<String> behind = new HashSet<>();
        for (DirtyMarks.Dirty one : dirty) {
            if (listed.get(one.bucket().organization()) < one.ofOrganization()) {
                behind.add(one.bucket().organization());
            }
        }
        if (dirty.size() == MOST_BUCKETS) {
            marks.organizations().stream()
                    .filter(organization -> !listed.containsKey(organization))
                    .forEach(behind::add);
        }
        return behind;
    }

    private void rebuild(List<Bucket> batch, Set<String> behind, Set<String> unseen) {
        if (broken) {
            batch.forEach(bucket -> behind.add(bucket.organization()));
            return;
        }
        Set<String> replicas = clickHouse.replicasThatKeepUp();
        List<DirtyMark> open = marks.open(batch);
        long begun = ticker.nanos();
        try {
            rebuilding.accept(batch);
        } catch (RuntimeException failed) {
            // The rebuild may have written some of its rows.
            batch.forEach(bucket -> changed.add(bucket.organization()));
            lock.confirm();
            clickHouse.now();
            isolate(batch, failed, behind, unseen);
            return;
        }
        if (!clickHouse.replicasThatKeepUp().equals(replicas)) {
            throw new RollupException("The replica changed during a rebuild", null);
        }
        batch.forEach(bucket -> changed.add(bucket.organization()));
        open.stream().filter(mark -> isCertain(mark, begun, unseen)).forEach(certain::add);
        state.setAside.rebuilt(batch);
        state.waiting.addAndGet(-batch.size());
        failuresInARow = 0;
    }

    private boolean isCertain(DirtyMark mark, long begun, Set<String> unseen) {
        if (mark.proven()) {
            return true;
        }
        unseen.add(mark.id());
        long known = state.unproven.computeIfAbsent(mark.id(), id -> begun);
        return begun - known >= grace.toNanos();
    }

    /** Finds the bad buckets of a batch. The stores are healthy, so one or more of the buckets are bad. */
    private void isolate(List<Bucket> batch, RuntimeException failed, Set<String> behind, Set<String> unseen) {
        if (batch.size() > 1) {
            int half = batch.size() / 2;
            rebuild(batch.subList(0, half), behind, unseen);
            rebuild(batch.subList(half, batch.size()), behind, unseen);
            return;
        }
        Bucket bucket = batch.getFirst();
        Duration pause = state.setAside.add(bucket);
        LOG.warnf(
                "%s of organisation %s, from %s, cannot be rebuilt and will be tried again in %d s: %s",
                rollup.name(), bucket.organization(), bucket.start(), pause.toSeconds(), failed.getMessage());
        behind.add(bucket.organization());
        failure = failed;
        failuresInARow++;
        broken = failuresInARow == MOST_FAILURES;
    }

    private List<List<Bucket>> inBatches(List<Bucket> buckets) {
        List<List<Bucket>> batches = new ArrayList<>();
        for (int from = 0; from < buckets.size(); from += rollup.largestBatch()) {
            batches.add(buckets.subList(from, Math.min(buckets.size(), from + rollup.largestBatch())));
        }
        return batches;
    }
}
