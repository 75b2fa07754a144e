package dev.quarry.clickhouse;

import java.util.Set;

/**
 * The tables that a service reads for requests. Each has a column {@code organization_id}. A service has one bean of
 * this class; {@link ClickHouse} refuses queries that read any other table, and shows only the caller's rows of these.
 */
public abstract class TenantTables {
    private final Set<String> names;

    /** @param names of tables and views, without the database */
    protected TenantTables(String... names) {
        this.names = Set.of(names);
        this.names.forEach(TableName::new);
    }

    final Set<String> names() {
        return names;
    }
}
