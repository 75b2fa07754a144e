package dev.quarry.rollup;

import dev.quarry.clickhouse.ClickHouseConfiguration;
import dev.quarry.postgres.Postgres;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.List;

/** The freshness as another replica knows it. It reads its progress when the test says so. */
public final class TestFreshness {
    private TestFreshness() {}

    public static Freshness ofAnotherReplica(
            List<RollupDefinition> rollups, Postgres postgres, ClickHouseConfiguration clickHouse, Clock clock) {
        return new Freshness(rollups, postgres, clickHouse, clock, new SimpleMeterRegistry()) {
            @Override
            public void notified(String payload) {}
        };
    }

    public static void stop(Freshness freshness) {
        try {
            freshness.stop(null);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
