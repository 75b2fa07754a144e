package dev.quarry.schema;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * ClickHouse's settings that decide how delivered rows are read. They stand here once: the profile of {@code quarry_ingest}
 * holds them constant, and whoever starts the embedded engine starts it with them.
 *
 * <p>Most have the same value in ClickHouse 26.7 anyway; they are named so that another version or another profile reads no
 * row in another way.
 */
public final class IngestSettings {
    private static final SortedMap<String, String> VALUES = new TreeMap<>(Map.ofEntries(
            // A column that a row leaves out, or has null in, takes its DEFAULT, which throws where the column is
            // required.
            Map.entry("input_format_defaults_for_omitted_fields", "1"),
            Map.entry("input_format_null_as_default", "1"),
            Map.entry("insert_null_as_default", "1"),
            // So does one that is empty: the message then says what to send.
            Map.entry("input_format_json_empty_as_default", "1"),
            Map.entry("input_format_tsv_empty_as_default", "1"),
            Map.entry("input_format_csv_empty_as_default", "1"),
            // A misspelt column is refused, and the header of a file says which columns it has.
            Map.entry("input_format_skip_unknown_fields", "0"),
            Map.entry("input_format_with_names_use_header", "1"),
            // A row that cannot be read is not passed over, and true is not the number 1.
            Map.entry("input_format_allow_errors_num", "0"),
            Map.entry("input_format_allow_errors_ratio", "0"),
            Map.entry("input_format_csv_use_default_on_bad_values", "0"),
            Map.entry("input_format_json_read_bools_as_numbers", "0"),
            // A text in Native would become a time by other rules than in all other formats.
            Map.entry("input_format_native_allow_types_conversion", "0"),
            // Reads ISO 8601 with Z or an offset, and refuses 30 February. "basic" refuses the one and moves the other
            // to March.
            Map.entry("date_time_input_format", "best_effort"),
            Map.entry("cast_string_to_date_time_mode", "best_effort")));

    private IngestSettings() {}

    /** {@return name to value} */
    public static Map<String, String> all() {
        return Map.copyOf(VALUES);
    }

    /** {@return for a settings profile, in SQL: all of them, none of which the profile's users may change} */
    static String constant() {
        return VALUES.entrySet().stream()
                .map(setting -> "%s = '%s' CONST".formatted(setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(",\n    "));
    }
}
