package dev.quarry.clickhouse;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The type of a column, parsed from the engine's name for it.
 *
 * @param scale number of fractional digits of a DateTime64, else 0
 * @param element type of an Array's elements, else null
 * @param labels labels of an Enum by value, else empty
 */
record ColumnType(Kind kind, boolean nullable, int scale, ColumnType element, Map<Integer, String> labels) {

    enum Kind {
        UINT8,
        UINT16,
        UINT32,
        UINT64,
        INT8,
        INT16,
        INT32,
        INT64,
        FLOAT32,
        FLOAT64,
        BOOL,
        STRING,
        UUID,
        DATE,
        DATE32,
        DATETIME,
        DATETIME64,
        ENUM8,
        ENUM16,
        ARRAY
    }

    private static final Pattern WRAPPER = Pattern.compile("(LowCardinality|Nullable|Array)\\((.*)\\)", Pattern.DOTALL);
    private static final Pattern DATETIME64 = Pattern.compile("DateTime64\\((\\d)(?:,.*)?\\)");
    private static final Pattern LABEL = Pattern.compile("'((?:[^'\\\\]|\\\\.)*)' = (-?\\d+)");

    static ColumnType parse(String name) {
        Matcher wrapper = WRAPPER.matcher(name);
        if (wrapper.matches()) {
            ColumnType inner = parse(wrapper.group(2));
            return switch (wrapper.group(1)) {
                case "LowCardinality" -> inner;
                case "Nullable" -> new ColumnType(inner.kind, true, inner.scale, inner.element, inner.labels);
                default -> new ColumnType(Kind.ARRAY, false, 0, inner, Map.of());
            };
        }
        Matcher dateTime64 = DATETIME64.matcher(name);
        if (dateTime64.matches()) {
            return new ColumnType(Kind.DATETIME64, false, Integer.parseInt(dateTime64.group(1)), null, Map.of());
        }
        if (name.startsWith("DateTime(")) {
            return plain(Kind.DATETIME);
        }
        if (name.startsWith("Enum8(") || name.startsWith("Enum16(")) {
            return new ColumnType(name.startsWith("Enum8") ? Kind.ENUM8 : Kind.ENUM16, false, 0, null, labels(name));
        }
        return switch (name) {
            case "UInt8" -> plain(Kind.UINT8);
            case "UInt16" -> plain(Kind.UINT16);
            case "UInt32" -> plain(Kind.UINT32);
            case "UInt64" -> plain(Kind.UINT64);
            case "Int8" -> plain(Kind.INT8);
            case "Int16" -> plain(Kind.INT16);
            case "Int32" -> plain(Kind.INT32);
            case "Int64" -> plain(Kind.INT64);
            case "Float32" -> plain(Kind.FLOAT32);
            case "Float64" -> plain(Kind.FLOAT64);
            case "Bool" -> plain(Kind.BOOL);
            case "String" -> plain(Kind.STRING);
            case "UUID" -> plain(Kind.UUID);
            case "Date" -> plain(Kind.DATE);
            case "Date32" -> plain(Kind.DATE32);
            case "DateTime" -> plain(Kind.DATETIME);
            default -> throw new IllegalArgumentException("No reading for a column of type " + name);
        };
    }

    private static ColumnType plain(Kind kind) {
        return new ColumnType(kind, false, 0, null, Map.of());
    }

    private static Map<Integer, String> labels(String name) {
        Map<Integer, String> labels = new HashMap<>();
        Matcher label = LABEL.matcher(name);
        while (label.find()) {
            labels.put(Integer.valueOf(label.group(2)), label.group(1).replaceAll("\\\\(.)", "$1"));
        }
        return Map.copyOf(labels);
    }
}
