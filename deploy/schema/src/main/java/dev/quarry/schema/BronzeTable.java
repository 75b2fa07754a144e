package dev.quarry.schema;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What {@link Eraser} needs to know about a bronze table. A test compares the list with the schema.
 *
 * @param name the table's name
 * @param time the column with the time of the event
 * @param buckets the buckets that the rollup job rebuilds; empty if the table has no rollup
 * @param copies tables that views fill with rows of this one
 * @param columns columns to select by, besides the event and its time
 */
record BronzeTable(String name, String time, Optional<Buckets> buckets, List<String> copies, List<String> columns) {
    /**
     * Buckets of a table.
     *
     * @param marks the table of marks, which requests rebuilds from the rollup job
     * @param start the bucket's start, from the column {@code time} or {@code timestamp}
     */
    record Buckets(String marks, String start) {}

    static final List<BronzeTable> ALL = List.of(
            new BronzeTable("events", "time", day("event_marks", "time"), List.of(), List.of("user_id")),
            ofApps("canvas_errors", hour("app_marks", "timestamp")),
            ofApps("canvas_vitals", hour("app_marks", "timestamp")),
            ofApps("canvas_app_events", hour("app_marks", "timestamp")),
            ofApps("canvas_app_logs", Optional.empty(), "canvas_app_problems"),
            ofApps("canvas_request_logs", Optional.empty()),
            new BronzeTable("invocations", "time", day("invocation_marks", "time"), List.of(), List.of()),
            new BronzeTable("executions", "time", hour("execution_marks", "time"), List.of(), List.of("workspace_id")));

    /** Tables with a column to select by. */
    static List<BronzeTable> having(String column) {
        return ALL.stream().filter(table -> table.columns.contains(column)).toList();
    }

    /** The distinct tables of marks, which request rebuilds from the rollup job. */
    static List<String> marks() {
        return ALL.stream()
                .flatMap(table -> table.buckets().stream())
                .map(Buckets::marks)
                .distinct()
                .toList();
    }

    private static BronzeTable ofApps(String name, Optional<Buckets> buckets, String... copies) {
        return new BronzeTable(name, "timestamp", buckets, Arrays.asList(copies), List.of("app_id"));
    }

    private static Optional<Buckets> day(String marks, String time) {
        return Optional.of(new Buckets(marks, "toStartOfDay(%s, 'UTC')".formatted(time)));
    }

    private static Optional<Buckets> hour(String marks, String time) {
        return Optional.of(new Buckets(marks, "toStartOfHour(%s, 'UTC')".formatted(time)));
    }
}
