package dev.quarry.schema;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * ClickHouse's settings for parsing delivered rows. They are defined only here: the profile of {@code quarry_ingest}
 * makes them constant, and the embedded engine starts with them.
 *
 * <p>Most are defaults of ClickHouse 26.7; they are set so that another version or another profile parses rows in the
 * same way.
 */
public final class IngestSettings {
    private static final SortedMap<String, String> VALUES = new TreeMap<>(Map.ofEntries(
            // A missing or null column takes its DEFAULT, which throws if the column is required.
            Map.entry("input_format_defaults_for_omitted_fields", "1"),
            Map.entry("input_format_null_as_default", "1"),
            Map.entry("insert_null_as_default", "1"),
            // An empty column takes its DEFAULT too, whose message explains what to send.
            Map.entry("input_format_json_empty_as_default", "1"),
            Map.entry("input_format_tsv_empty_as_default", "1"),
            Map.entry("input_format_csv_empty_as_default", "1"),
            // Refuses a misspelt column, and takes the columns of a file from its header.
            Map.entry("input_format_skip_unknown_fields", "0"),
            Map.entry("input_format_with_names_use_header", "1"),
            // Does not skip rows that cannot be read, and does not read true as 1.
            Map.entry("input_format_allow_errors_num", "0"),
            Map.entry("input_format_allow_errors_ratio", "0"),
            Map.entry("input_format_csv_use_default_on_bad_values", "0"),
            Map.entry("input_format_json_read_bools_as_numbers", "0"),
            // Native would convert a text to a time by other rules than the other formats.
            Map.entry("input_format_native_allow_types_conversion", "0"),
            // Reads ISO 8601 with Z or an offset, and refuses 30 February. "basic" refuses ISO 8601 and reads 30
            // February as a day in March.
            Map.entry("date_time_input_format", "best_effort"),
            Map.entry("cast_string_to_date_time_mode", "best_effort")));

    private IngestSettings() {}

    /** {@return name to value} */
    public static Map<String, String> all() {
        return Map.copyOf(VALUES);
    }

    /** {@return all settings as SQL for a settings profile whose users may not change them} */
    static String constant() {
        return VALUES.entrySet().stream()
                .map(setting -> "%s = '%s' CONST".formatted(setting.getKey(), setting.getValue()))
                .collect(Collectors.joining(",\n    "));
    }
}
