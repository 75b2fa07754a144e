package dev.quarry.rollup;

import dev.quarry.postgres.DedicatedConnections;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Compares gold with bronze for a range of an organisation's days on one shard, and marks buckets that differ.
 *
 * <p>The first comparison takes no lock. Buckets that differ are compared again under the rollup lock, so that nobody
 * rebuilds buckets or clears marks in the meantime. A bucket counts as different if both comparisons find the same
 * difference and its day has no mark before and after the second one.
 */
final class Comparing {
    private final RollupDefinition rollup;
    private final Shard shard;
    private final RollupClickHouse clickHouse;
    private final DedicatedConnections postgres;
    private final RollupJob job;
    private final DirtyMarks marks;

    /** The sums of each bucket in bronze and in gold. */
    private record Look(Map<Instant, String> bronze, Map<Instant, String> gold) {
        Set<Instant> buckets() {
            Set<Instant> all = new TreeSet<>(bronze.keySet());
            all.addAll(gold.keySet());
            return all;
        }

        String ofBronze(Instant bucket) {
            return bronze.getOrDefault(bucket, "");
        }

        String ofGold(Instant bucket) {
            return gold.getOrDefault(bucket, "");
        }

        boolean differs(Instant bucket) {
            return !ofBronze(bucket).equals(ofGold(bucket));
        }

        boolean saysTheSame(Look other, Instant bucket) {
            return ofBronze(bucket).equals(other.ofBronze(bucket))
                    && ofGold(bucket).equals(other.ofGold(bucket));
        }
    }

    Comparing(RollupDefinition rollup, Shard shard, DedicatedConnections postgres, RollupJob job) {
        this.rollup = rollup;
        this.shard = shard;
        this.clickHouse = shard.clickHouse();
        this.postgres = postgres;
        this.job = job;
        this.marks = new DirtyMarks(clickHouse, rollup);
    }

    /**
     * Marks and mends the buckets that differ, so that the next pass rebuilds them. Mending repairs what a rebuild
     * would leave as it is.
     */
    Audit compare(String organization, Instant from, Instant to) {
        Look first = look(organization, from, to);
        List<Instant> suspects = first.buckets().stream().filter(first::differs).toList();
        if (suspects.isEmpty()) {
            return new Audit(first.buckets().size(), List.of(), List.of());
        }
        Optional<AdvisoryLock> lock = AdvisoryLock.tryTake(postgres, rollup.name(), shard.number());
        if (lock.isEmpty()) {
            return new Audit(first.buckets().size(), List.of(), buckets(organization, suspects));
        }
        try (AdvisoryLock held = lock.get()) {
            Set<Instant> marked = markedDays(organization, from, to);
            Look second = look(organization, from, to);
            marked.addAll(markedDays(organization, from, to));
            List<Audit.Difference> differences = new ArrayList<>();
            List<Bucket> unsettled = new ArrayList<>();
            for (Instant suspect : suspects) {
                Bucket bucket = new Bucket(organization, suspect);
                if (marked.contains(suspect.truncatedTo(ChronoUnit.DAYS)) || !second.saysTheSame(first, suspect)) {
                    unsettled.add(bucket);
                } else {
                    differences.add(new Audit.Difference(bucket, second.ofBronze(suspect), second.ofGold(suspect)));
                }
            }
            List<Bucket> different =
                    differences.stream().map(Audit.Difference::bucket).toList();
            held.confirm();
            // First the marks: the pass that clears them announces what was mended, also if the mending fails halfway.
            marks.mark(different);
            job.mend(rollup, shard, held, different);
            return new Audit(first.buckets().size(), differences, unsettled);
        }
    }

    /** Returns whole days, because gold may have sums of an hour in a row of its day. */
    private Set<Instant> markedDays(String organization, Instant from, Instant to) {
        return marks.of(organization, from, to).stream()
                .map(bucket -> bucket.truncatedTo(ChronoUnit.DAYS))
                .collect(Collectors.toCollection(HashSet::new));
    }

    private Look look(String organization, Instant from, Instant to) {
        Comparison comparison = rollup.comparison();
        return new Look(
                comparison.bronze(clickHouse, organization, from, to),
                comparison.gold(clickHouse, organization, from, to));
    }

    private static List<Bucket> buckets(String organization, List<Instant> starts) {
        return starts.stream().map(start -> new Bucket(organization, start)).toList();
    }
}
