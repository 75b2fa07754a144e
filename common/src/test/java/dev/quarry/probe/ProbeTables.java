package dev.quarry.probe;

import dev.quarry.clickhouse.TenantTables;
import jakarta.inject.Singleton;

/** The tables that the tests read for requests. */
@Singleton
class ProbeTables extends TenantTables {
    ProbeTables() {
        super("activity_days", "events");
    }
}
