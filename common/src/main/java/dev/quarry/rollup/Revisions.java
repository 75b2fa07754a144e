package dev.quarry.rollup;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The revision of every organisation, as last read from PostgreSQL. Organisations that have not changed since the first
 * read share one revision. If a read failed, PostgreSQL may have been replaced by one that lacks the latest revisions, so
 * the next read gives every organisation a new revision.
 */
final class Revisions {
    /** Revisions that were read longer ago are unknown: the replica may have lost PostgreSQL. */
    private static final Duration TRUSTED = Duration.ofSeconds(3);
    /** More organisations than this are forgotten, and get new revisions. */
    private static final int MOST_ORGANIZATIONS = 100_000;

    private volatile State state = State.UNKNOWN;

    /**
     * @param newest the largest number read, by rollup
     * @param readNanos start of the last read
     * @param unchanged the revision of organisations that are not in {@code changed}
     */
    private record State(
            boolean known,
            Map<String, Long> newest,
            long readNanos,
            Revision unchanged,
            Map<String, Revision> changed) {
        static final State UNKNOWN = new State(false, Map.of(), 0, new Revision(0), Map.of());
    }

    Optional<Revision> of(String organization) {
        State now = state;
        if (!now.known() || System.nanoTime() - now.readNanos() > TRUSTED.toNanos()) {
            return Optional.empty();
        }
        return Optional.of(now.changed().getOrDefault(organization, now.unchanged()));
    }

    /** The largest number read of each rollup; null if there is none. */
    Long[] newest(String[] names) {
        return Arrays.stream(names).map(state.newest()::get).toArray(Long[]::new);
    }

    /**
     * Takes over the result of a read. Not for several threads at once.
     *
     * @param newest the largest number of each rollup
     * @param changed organisations with a revision after {@link #newest}
     * @param startedNanos start of the read
     */
    void read(Map<String, Long> newest, Set<String> changed, long startedNanos) {
        State before = state;
        Map<String, Revision> revisions = new HashMap<>(before.changed());
        long heardNanos = System.nanoTime();
        changed.forEach(organization -> revisions.put(organization, new Revision(heardNanos)));
        boolean follows = before.known()
                && newest.keySet().equals(before.newest().keySet())
                && newest.entrySet().stream()
                        .allMatch(rollup -> rollup.getValue() >= before.newest().get(rollup.getKey()))
                && revisions.size() <= MOST_ORGANIZATIONS;
        state = follows
                ? new State(
                        true,
                        newest,
                        startedNanos,
                        before.unchanged(),
                        changed.isEmpty() ? before.changed() : revisions)
                : new State(true, newest, startedNanos, new Revision(heardNanos), Map.of());
    }

    /** Call after a read that failed. */
    void forget() {
        state = State.UNKNOWN;
    }
}
