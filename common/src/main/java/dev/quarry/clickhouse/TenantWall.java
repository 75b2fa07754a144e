package dev.quarry.clickhouse;

import dev.quarry.auth.Caller;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The second tenant wall. The SQL's own predicate is the first; this one makes the engine itself add
 * {@code organization_id = '<caller's>'} to every read of every tenant table, however the SQL comes by it (subquery, join,
 * view), so that a forgotten predicate shows too little and never too much. Where the engine has row policies, it is told
 * the caller's organisation for those too: they are the third wall, of the engine's own making.
 */
@ApplicationScoped
class TenantWall {
    /**
     * Every table and view that has an {@code organization_id}; a test holds this list against the schema. A materialized
     * view needs a filter of its own, since reading it by its name goes past the filter of the table it fills.
     */
    static final List<String> TABLES = List.of(
            "activity_days",
            "app_error_marking",
            "app_event_marking",
            "app_marks",
            "app_rebuilt_hours",
            "app_rollups",
            "app_vital_bins",
            "app_vital_marking",
            "canvas_app_events",
            "canvas_app_logs",
            "canvas_app_problems",
            "canvas_app_problems_view",
            "canvas_errors",
            "canvas_request_logs",
            "canvas_vitals",
            "cohorts",
            "event_marking",
            "event_marks",
            "events",
            "execution_counts",
            "execution_marking",
            "execution_marks",
            "executions",
            "invocation_marking",
            "invocation_marks",
            "invocation_rollups",
            "invocations",
            "user_changes",
            "user_groups",
            "users");

    private static final String FILTERS = "additional_table_filters";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final List<String> tables;
    private final Optional<String> tenantSetting;

    TenantWall(ClickHouseConfiguration configuration) {
        String database = configuration.database();
        if (!NAME.matcher(database).matches()) {
            throw new IllegalArgumentException("quarry.clickhouse.database is not a plain name");
        }
        this.tenantSetting = configuration.tenantSetting();
        if (!tenantSetting.map(NAME::matcher).map(Matcher::matches).orElse(true)) {
            throw new IllegalArgumentException("quarry.clickhouse.tenant-setting is not a plain name");
        }
        // On a cluster the rows are in local tables, which a shard is asked for and anybody could name.
        Stream<String> names = configuration.cluster().isPresent()
                ? TABLES.stream().flatMap(table -> Stream.of(table, table + "_local"))
                : TABLES.stream();
        this.tables = names.map(table -> database + "." + table).toList();
    }

    /**
     * For a query of the service itself, which reads no tenant's rows: no filter, and on a server a quota of its own.
     * The row policies show it no tenant's rows. The quota key has a blank, so that no organisation can have it.
     */
    Map<String, String> settingsWithoutTenant() {
        return tenantSetting.isPresent() ? Map.of("quota_key", "the service") : Map.of();
    }

    /** A {@link Caller}'s organisation has no character that could leave the quotes, which is checked where it is made. */
    Map<String, String> settings(Caller caller) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put(
                FILTERS,
                tables.stream()
                        .map(table -> "'%s':'organization_id = \\'%s\\''".formatted(table, caller.organization()))
                        .collect(Collectors.joining(",", "{", "}")));
        tenantSetting.ifPresent(setting -> {
            settings.put(setting, caller.organization());
            settings.put("quota_key", caller.organization());
        });
        return settings;
    }
}
