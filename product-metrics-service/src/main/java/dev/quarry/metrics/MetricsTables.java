package dev.quarry.metrics;

import dev.quarry.clickhouse.TenantTables;
import jakarta.inject.Singleton;

/** The tables that this service reads for requests. */
@Singleton
class MetricsTables extends TenantTables {
    MetricsTables() {
        super("activity_counts", "activity_days", "cohorts", "user_groups", "users");
    }
}
