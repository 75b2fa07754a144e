package dev.quarry.rollup;

import dev.quarry.clickhouse.Row;
import dev.quarry.clickhouse.TableName;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Versions of batches. PostgreSQL issues them, so that a later holder of the lock writes larger versions. They are also
 * larger than all versions in gold: a PostgreSQL that was restored from a backup has lost some, and new rows of gold
 * would lose against old ones.
 */
final class Versions {
    /** One series for all rollups, because any of them may write a table that another one reads. */
    private static final String SERIES = "version";

    private final RollupClickHouse clickHouse;
    private final Map<String, Highest> highest = new ConcurrentHashMap<>();

    /** @param memory identifies the PostgreSQL that was in use when gold's versions were read */
    private record Highest(String memory, long version) {}

    Versions(RollupClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /**
     * Returns the next version. Reads gold's largest version on the first call of this process, and whenever PostgreSQL
     * may have lost versions.
     */
    long next(RollupDefinition rollup, AdvisoryLock lock) {
        Highest known = highest.get(rollup.name());
        long atLeast = known == null ? 0 : known.version();
        if (known == null || !known.memory().equals(lock.memory())) {
            atLeast = Math.max(atLeast, ofGold(rollup.gold()));
        }
        long version = lock.reserve(SERIES, 1, atLeast);
        highest.put(rollup.name(), new Highest(lock.memory(), version));
        return version;
    }

    /**
     * Makes the next call read gold's largest version again: somebody altered gold, and may have written other
     * versions.
     */
    void lookAgain() {
        highest.clear();
    }

    private long ofGold(List<String> tables) {
        return tables.stream()
                .mapToLong(table -> clickHouse
                        .statement("SELECT max(version) FROM {gold:Identifier}")
                        .bind("gold", new TableName(table))
                        .list(Row::nextLong)
                        .getFirst())
                .max()
                .orElse(0);
    }
}
