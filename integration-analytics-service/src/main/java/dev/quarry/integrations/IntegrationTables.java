package dev.quarry.integrations;

import dev.quarry.clickhouse.TenantTables;
import jakarta.inject.Singleton;

/** The tables that this service reads for requests. */
@Singleton
class IntegrationTables extends TenantTables {
    IntegrationTables() {
        super("invocation_rollups", "invocations");
    }
}
