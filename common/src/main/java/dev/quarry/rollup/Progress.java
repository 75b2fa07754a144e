package dev.quarry.rollup;

import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Progress of a service's rollups at one moment.
 *
 * @param asOf every event that the engine had acknowledged before this moment is counted; empty until the first pass
 *     has ended, of each shard if they are refined apart
 * @param behind the same moment for each organisation that is further behind; empty if it has none yet
 * @param ofShards the same moment for each shard that is refined apart
 * @param shards the shards of each organisation, as far as they are known
 */
record Progress(
        Optional<Instant> asOf,
        Map<String, Optional<Instant>> behind,
        Map<Integer, Optional<Instant>> ofShards,
        Map<String, Set<Integer>> shards) {
    static final Progress NONE = new Progress(Optional.empty(), Map.of(), Map.of(), Map.of());

    Progress {
        behind = Map.copyOf(behind);
        ofShards = Map.copyOf(ofShards);
        shards = Map.copyOf(shards);
    }

    /** The progress of an organisation is that of its shards. If they are unknown, it may be on any. */
    Optional<Instant> asOf(String organization) {
        Set<Integer> known = shards.getOrDefault(organization, Set.of());
        Optional<Instant> ofShard = known.isEmpty()
                ? asOf
                : earliest(known.stream()
                        .map(shard -> ofShards.getOrDefault(shard, Optional.empty()))
                        .toList());
        return behind.containsKey(organization) ? earlier(behind.get(organization), ofShard) : ofShard;
    }

    /** The earliest of some moments; empty if one of them is empty, or there is none. */
    static Optional<Instant> earliest(Collection<Optional<Instant>> moments) {
        return moments.stream().reduce(Progress::earlier).flatMap(moment -> moment);
    }

    private static Optional<Instant> earlier(Optional<Instant> one, Optional<Instant> other) {
        return one.flatMap(first -> other.map(second -> first.isBefore(second) ? first : second));
    }
}
