package dev.quarry.rollup;

import dev.quarry.clickhouse.RowMapping;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** One statement of a rebuild, and the values bound to its {@code {name:Type}} parameters. */
public final class RollupStatement {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private final RollupEngine engine;
    private final AdvisoryLock lock;
    private final String sql;
    private final Map<String, Object> parameters = new LinkedHashMap<>();

    RollupStatement(RollupEngine engine, AdvisoryLock lock, String sql) {
        this.engine = engine;
        this.lock = lock;
        this.sql = sql;
    }

    /** Binds {@code {name:String}}. */
    public RollupStatement bind(String name, String value) {
        return put(name, value);
    }

    public RollupStatement bind(String name, long value) {
        return put(name, Long.toString(value));
    }

    /** Binds {@code {name:Array(String)}}. */
    public RollupStatement bindStrings(String name, List<String> values) {
        return put(name, strings(values));
    }

    /** Binds an array of any integer type. */
    public RollupStatement bindNumbers(String name, List<Long> values) {
        return put(name, values.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]")));
    }

    /** Binds {@code {name:Array(Date)}}. */
    public RollupStatement bindDays(String name, List<LocalDate> values) {
        return put(name, values.stream().map(day -> "'" + day + "'").collect(Collectors.joining(",", "[", "]")));
    }

    /** Binds {@code {name:Array(DateTime('UTC'))}}; anything finer than a second is dropped. */
    public RollupStatement bindInstants(String name, List<Instant> values) {
        return put(name, instants(values));
    }

    /** Binds {@code version}, and the batch's buckets as {@code organizations} and {@code starts}. */
    public RollupStatement bindStarts(Batch batch) {
        return bind("version", batch.version())
                .bindStrings("organizations", batch.organizations())
                .bindInstants("starts", batch.starts());
    }

    /** Binds {@code version}, and the batch's buckets as {@code organizations} and {@code days}. */
    public RollupStatement bindDays(Batch batch) {
        return bind("version", batch.version())
                .bindStrings("organizations", batch.organizations())
                .bindDays("days", batch.days());
    }

    /**
     * Runs a statement that writes.
     *
     * @throws RollupException when the engine refuses it or the lock is no longer held
     */
    public void execute() {
        lock.confirm();
        engine.execute(sql, parameters);
    }

    /** Reads rows, as {@link #execute} runs. */
    public <T> List<T> list(RowMapping<T> mapping) {
        lock.confirm();
        return engine.list(sql, parameters, mapping);
    }

    /** The text of {@code {name:Array(String)}}. */
    static String strings(List<String> values) {
        return values.stream().map(RollupStatement::quote).collect(Collectors.joining(",", "[", "]"));
    }

    /** The text of {@code {name:DateTime('UTC')}}; anything finer than a second is dropped. */
    static String seconds(Instant instant) {
        return SECONDS.format(instant);
    }

    /** The text of {@code {name:Array(DateTime('UTC'))}}. */
    static String instants(List<Instant> values) {
        return values.stream()
                .map(instant -> "'" + SECONDS.format(instant) + "'")
                .collect(Collectors.joining(",", "[", "]"));
    }

    private RollupStatement put(String name, String text) {
        if (parameters.putIfAbsent(name, text) != null) {
            throw new IllegalArgumentException("Bound twice: " + name);
        }
        return this;
    }

    /** As an array's literal has it, but for backslashes and control characters: the client escapes those. */
    private static String quote(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
