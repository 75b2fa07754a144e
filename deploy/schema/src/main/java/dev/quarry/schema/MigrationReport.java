package dev.quarry.schema;

import java.time.Duration;
import java.util.List;

/** The migrations that one run applied, in order; empty if both stores were up to date. */
public record MigrationReport(List<Applied> applied) {
    public MigrationReport {
        applied = List.copyOf(applied);
    }

    public enum Store {
        POSTGRESQL,
        CLICKHOUSE
    }

    public record Applied(Store store, String script, Duration took) {}
}
