package dev.quarry.refining;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Versions of batches. PostgreSQL hands them out, so that a later holder of the lock writes larger versions. They are
 * also larger than all versions in gold: a PostgreSQL that was restored from a backup has lost some, and new gold would
 * lose against old.
 */
final class Versions {
    /** All refinements together, because any of them may write a table that another one reads. */
    private static final String SERIES = "version";

    private final RefiningEngine engine;
    private final Map<String, Highest> highest = new ConcurrentHashMap<>();

    /** @param memory identifies the PostgreSQL for which gold's versions were read */
    private record Highest(String memory, long version) {}

    Versions(RefiningEngine engine) {
        this.engine = engine;
    }

    /**
     * Reads gold's largest version on the first call of this process, and whenever PostgreSQL may have lost versions.
     */
    long next(Refinement refinement, Lease lease) {
        Highest known = highest.get(refinement.name());
        long atLeast = known == null ? 0 : known.version();
        if (known == null || !known.memory().equals(lease.memory())) {
            atLeast = Math.max(atLeast, ofGold(refinement.gold()));
        }
        long version = lease.reserve(SERIES, 1, atLeast);
        highest.put(refinement.name(), new Highest(lease.memory(), version));
        return version;
    }

    /**
     * Reads gold's largest version again on the next call: somebody altered gold, and may have written other versions.
     */
    void lookAgain() {
        highest.clear();
    }

    private long ofGold(List<String> tables) {
        String sql = tables.stream()
                .map(table -> "SELECT max(version) AS version FROM " + SqlNames.require(table))
                .collect(Collectors.joining(" UNION ALL "));
        return engine.list("SELECT max(version) FROM (" + sql + ")", Map.of(), row -> row.nextLong())
                .getFirst();
    }
}
