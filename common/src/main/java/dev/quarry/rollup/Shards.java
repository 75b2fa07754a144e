package dev.quarry.rollup;

import dev.quarry.clickhouse.ClickHouseConfiguration;
import io.opentelemetry.api.OpenTelemetry;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * The shards that are refined apart, each with a job of its own. The migrator makes a database for each of them ({@code
 * quarry_1}, {@code quarry_2} and so on), whose tables are the rows of that shard.
 */
@ApplicationScoped
class Shards {
    private final List<Shard> all;

    Shards(
            RollupClickHouse everything,
            ClickHouseConfiguration address,
            RollupConfiguration configuration,
            OpenTelemetry telemetry) {
        this.all = address.shards() == 0
                ? List.of(new Shard(Shard.ALL, everything))
                : IntStream.rangeClosed(1, address.shards())
                        .mapToObj(number -> new Shard(
                                number,
                                new RollupClickHouse(
                                        address, configuration, telemetry, address.database() + "_" + number)))
                        .toList();
    }

    /** In the order of their numbers; one that stands for everything if shards are not refined apart. */
    List<Shard> all() {
        return all;
    }

    /**
     * The shards of an organisation.
     *
     * @param known where its events have been counted; if nowhere, it may be on any shard
     */
    List<Shard> of(Set<Integer> known) {
        List<Shard> some =
                all.stream().filter(shard -> known.contains(shard.number())).toList();
        return some.isEmpty() ? all : some;
    }

    @PreDestroy
    void close() {
        all.stream()
                .filter(shard -> shard.number() != Shard.ALL)
                .forEach(shard -> shard.clickHouse().close());
    }
}
