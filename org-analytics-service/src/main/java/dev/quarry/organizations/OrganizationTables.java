package dev.quarry.organizations;

import dev.quarry.clickhouse.TenantTables;
import jakarta.inject.Singleton;

/** The tables that this service reads for requests. */
@Singleton
class OrganizationTables extends TenantTables {
    OrganizationTables() {
        super("execution_counts");
    }
}
