package dev.quarry.rollup;

import io.micrometer.core.instrument.Tags;

/**
 * What one rollup job refines: a shard of the cluster; or everything, on one node and on a cluster whose shards are
 * refined together.
 *
 * @param number from 1; {@link #ALL} for everything
 * @param clickHouse reads and writes the shard's rows only
 */
record Shard(int number, RollupClickHouse clickHouse, Versions versions) {
    /** Stands for all shards together. */
    static final int ALL = 0;

    Shard(int number, RollupClickHouse clickHouse) {
        this(number, clickHouse, new Versions(clickHouse));
    }

    /** The tags of a rollup's metrics. */
    Tags tags(RollupDefinition rollup) {
        return tags().and("rollup", rollup.name());
    }

    /** The tag of metrics of the shard; none for everything. */
    Tags tags() {
        return number == ALL ? Tags.empty() : Tags.of("shard", Integer.toString(number));
    }

    /** The form in logs, behind the name of a rollup. */
    String suffix() {
        return number == ALL ? "" : " on shard " + number;
    }
}
