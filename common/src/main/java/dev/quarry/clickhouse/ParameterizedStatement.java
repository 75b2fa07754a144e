package dev.quarry.clickhouse;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CompileTimeConstant;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A statement, and the values bound to its {@code {name:Type}} parameters. The compiler accepts only constants as SQL.
 * Values are sent beside the SQL, escaped by ClickHouse's client. The engine parses each as the type that the SQL
 * names, so no value can become SQL.
 *
 * @param <S> the statement's own class, which the methods return
 */
public abstract class ParameterizedStatement<S extends ParameterizedStatement<S>> {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLISECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    @CompileTimeConstant
    protected final String sql;

    private final Map<String, Object> parameters = new LinkedHashMap<>();

    protected ParameterizedStatement(@CompileTimeConstant String sql) {
        requireNonNull(sql, "sql is null");
        this.sql = sql;
    }

    /** Binds {@code {name:String}}, or a {@code {name:Nullable(String)}} that is not null. */
    public S bind(String name, String value) {
        return put(name, requireNonNull(value, "value is null"));
    }

    /** Binds {@code {name:Nullable(String)}}: empty is NULL. */
    public S bind(String name, Optional<String> value) {
        return put(name, value.orElse(null));
    }

    /** Binds any integer type. */
    public S bind(String name, long value) {
        return put(name, Long.toString(value));
    }

    /** Binds {@code {name:Bool}}. */
    public S bind(String name, boolean value) {
        return put(name, Boolean.toString(value));
    }

    /** Binds {@code {name:Date}}. */
    public S bind(String name, LocalDate value) {
        return put(name, value.toString());
    }

    /** Binds {@code {name:DateTime64(3, 'UTC')}}; drops fractions of a millisecond. */
    public S bind(String name, Instant value) {
        return put(name, MILLISECONDS.format(value));
    }

    /** Binds {@code {name:DateTime('UTC')}}; drops fractions of a second. */
    public S bindDateTime(String name, Instant value) {
        return put(name, seconds(value));
    }

    /** Binds {@code {name:Identifier}} to a table. */
    public S bind(String name, TableName table) {
        return put(name, table.name());
    }

    /** Binds {@code {name:Identifier}} to a column. */
    public S bind(String name, ColumnName column) {
        return put(name, column.name());
    }

    /** Binds {@code {name:Array(String)}}. */
    public S bindStrings(String name, Collection<String> values) {
        return put(name, array(values, value -> quote(value.replace("'", "''"))));
    }

    /** Binds {@code {name:Array(Array(String))}}. */
    public S bindStringLists(String name, List<List<String>> values) {
        return put(name, array(values, list -> array(list, value -> quote(value.replace("'", "''")))));
    }

    /** Binds an array of any integer type. */
    public S bindNumbers(String name, Collection<? extends Number> values) {
        return put(name, array(values, String::valueOf));
    }

    /** Binds {@code {name:Array(Date)}}. */
    public S bindDays(String name, List<LocalDate> values) {
        return put(name, array(values, day -> quote(day.toString())));
    }

    /** Binds {@code {name:Array(DateTime('UTC'))}}; drops fractions of a second. */
    public S bindInstants(String name, List<Instant> values) {
        return put(name, array(values, instant -> quote(seconds(instant))));
    }

    /** Binds {@code {name:Array(Int64)}} to seconds since 1970; drops fractions of a second. */
    public S bindSeconds(String name, List<Instant> values) {
        return bindNumbers(name, values.stream().map(Instant::getEpochSecond).toList());
    }

    /** The bound values, as texts that the engine parses. */
    protected Map<String, Object> parameters() {
        return Collections.unmodifiableMap(parameters);
    }

    /** Formats an instant as a DateTime in UTC, to the second. */
    public static String seconds(Instant instant) {
        return SECONDS.format(instant);
    }

    @SuppressWarnings("unchecked")
    private S put(String name, String text) {
        if (parameters.containsKey(name)) {
            throw new IllegalArgumentException("Bound twice: " + name);
        }
        parameters.put(name, text);
        return (S) this;
    }

    private static <T> String array(Collection<T> values, Function<? super T, String> text) {
        return values.stream().map(text).collect(Collectors.joining(",", "[", "]"));
    }

    /** Quotes an element of an array; the client escapes backslashes and control characters. */
    private static String quote(String text) {
        return "'" + text + "'";
    }
}
