package dev.quarry.clickhouse;

import dev.quarry.caller.Caller;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Keeps tenants apart, even if a query forgets its own condition.
 *
 * <ul>
 *   <li>The engine adds {@code organization_id = '<the caller's>'} to every read of the service's {@link TenantTables},
 *       also in subqueries, joins and views. A query without its own condition then shows too little, never too much.
 *   <li>A query that reads any other table is refused, because nothing would filter that table.
 *   <li>On a server with users, row policies filter once more.
 * </ul>
 */
final class TenantFilter {
    private static final String FILTERS = "additional_table_filters";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Set<String> tables;
    /** The setting's value, split at every place where the organisation belongs. */
    private final List<String> filters;

    private final Optional<String> tenantSetting;
    /** Queries that passed the check. They are constants, so their number is limited. */
    private final Set<String> checked = ConcurrentHashMap.newKeySet();

    TenantFilter(ClickHouseConfiguration configuration, TenantTables declared) {
        String database = configuration.database();
        if (!NAME.matcher(database).matches()) {
            throw new IllegalArgumentException("quarry.clickhouse.database is not a plain name");
        }
        this.tenantSetting = configuration.tenantSetting();
        if (!tenantSetting.map(NAME::matcher).map(Matcher::matches).orElse(true)) {
            throw new IllegalArgumentException("quarry.clickhouse.tenant-setting is not a plain name");
        }
        // On a cluster the rows are in local tables, which a query could also name.
        boolean cluster = configuration.cluster().isPresent();
        this.tables = declared.names().stream()
                .flatMap(table -> cluster ? Stream.of(table, table + "_local") : Stream.of(table))
                .collect(Collectors.toUnmodifiableSet());
        String text = tables.stream()
                .sorted()
                .map(table -> "'" + database + "." + table + "':'organization_id = \\'?\\''")
                .collect(Collectors.joining(",", "{", "}"));
        this.filters = List.of(text.split("\\?", -1));
    }

    /** @throws IllegalArgumentException if the SQL reads, or may read, a table that the service did not declare */
    void check(String sql) {
        if (!checked.contains(sql)) {
            for (String table : TableReferences.of(sql)) {
                if (!tables.contains(table)) {
                    throw new IllegalArgumentException("The service did not declare the table " + table);
                }
            }
            checked.add(sql);
        }
    }

    /** Adds the settings. {@link Caller} refuses organisations with characters that could end the quotes. */
    void addTo(Map<String, String> settings, String organization) {
        settings.put(FILTERS, String.join(organization, filters));
        tenantSetting.ifPresent(setting -> {
            settings.put(setting, organization);
            settings.put("quota_key", organization);
        });
    }

    /**
     * Settings of a query that reads no tenant's rows. Row policies show it none. Its quota key contains a space, so
     * that no organisation can have the same one.
     */
    Map<String, String> settingsWithoutTenant() {
        return tenantSetting.isPresent() ? Map.of("quota_key", "the service") : Map.of();
    }
}
