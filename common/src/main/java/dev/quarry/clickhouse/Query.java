package dev.quarry.clickhouse;

import static java.util.Objects.requireNonNull;

import dev.quarry.auth.Caller;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;

/**
 * One question to the engine: SQL, the values bound to its {@code {name:Type}} parameters, and the caller it is asked for.
 * Values travel beside the SQL, escaped by ClickHouse's client, and are parsed by the engine as the type that the SQL
 * names, so that no value can become SQL.
 *
 * <p>Every read throws {@link FailureException} when the engine does not answer, with a {@link Failure}
 * that says whether it was away, too slow, overloaded, or asked for too much.
 */
public final class Query {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    private static final DateTimeFormatter INSTANT =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private final Engine engine;
    private final Map<String, String> settings;
    private final Caller caller;
    private final String sql;
    private final Map<String, Object> parameters = new LinkedHashMap<>();

    Query(Engine engine, Map<String, String> wall, Caller caller, String sql) {
        this.engine = engine;
        this.settings = new LinkedHashMap<>(wall);
        this.caller = caller;
        this.sql = sql;
        bind("organization", caller.organization());
    }

    /** Binds {@code {name:String}}, or a {@code {name:Nullable(String)}} that is not null. */
    public Query bind(String name, String value) {
        return put(name, requireNonNull(value, "value is null"));
    }

    /** Binds {@code {name:Nullable(String)}}: empty is NULL. */
    public Query bind(String name, Optional<String> value) {
        return put(name, value.orElse(null));
    }

    public Query bind(String name, long value) {
        return put(name, Long.toString(value));
    }

    /** Binds {@code {name:Date}}. */
    public Query bind(String name, LocalDate value) {
        return put(name, value.toString());
    }

    /** Binds {@code {name:DateTime64(3, 'UTC')}}; anything finer than a millisecond is dropped. */
    public Query bind(String name, Instant value) {
        return put(name, INSTANT.format(value));
    }

    /** Binds {@code {name:Array(String)}}. */
    public Query bindStrings(String name, List<String> values) {
        return put(name, values.stream().map(Query::quote).collect(Collectors.joining(",", "[", "]")));
    }

    /** Binds an array of any integer type. */
    public Query bindNumbers(String name, List<? extends Number> values) {
        return put(name, values.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]")));
    }

    /** Binds {@code {name:Array(Date)}}. */
    public Query bindDays(String name, List<LocalDate> values) {
        return put(name, values.stream().map(day -> "'" + day + "'").collect(Collectors.joining(",", "[", "]")));
    }

    /** Binds {@code {name:Array(DateTime('UTC'))}}; anything finer than a second is dropped. */
    public Query bindInstants(String name, List<Instant> values) {
        return put(
                name,
                values.stream()
                        .map(instant -> "'" + SECONDS.format(instant) + "'")
                        .collect(Collectors.joining(",", "[", "]")));
    }

    /** Binds {@code {name:Array(Int64)}} to seconds since 1970; anything finer is dropped. */
    public Query bindSeconds(String name, List<Instant> values) {
        return bindNumbers(name, values.stream().map(Instant::getEpochSecond).toList());
    }

    /**
     * Sets an engine setting that decides how the query is carried out, such as {@code max_threads}. The SQL itself cannot:
     * a SETTINGS clause is refused, so that none can lift the tenant wall or a guard, and neither can this.
     */
    public Query setting(String name, String value) {
        if (!Engine.isOfQueries(name) || settings.putIfAbsent(name, value) != null) {
            throw new IllegalArgumentException("Not for a query to set: " + name);
        }
        return this;
    }

    public <T> List<T> list(RowMapping<T> mapping) {
        return read(answer -> Row.list(answer, mapping));
    }

    /**
     * Hands each row to a collector, for an answer that is kept in a denser form than a list of its rows. If the answer
     * breaks off, the next attempt gets a new collector.
     */
    public <C extends Consumer<Row>> C collect(Supplier<C> collector) {
        return read(answer -> {
            C fresh = collector.get();
            Row.forEach(answer, fresh);
            return fresh;
        });
    }

    private <T> T read(Function<InputStream, T> reader) {
        try {
            return engine.read(new Question(sql, parameters, settings, caller.organization()), reader);
        } catch (EngineUnreachableException | CircuitBreakerOpenException away) {
            throw new FailureException(new Failure.Unreachable(RETRY_AFTER), away);
        }
    }

    /** The answer of a query that always has one row, such as an aggregate without GROUP BY. */
    public <T> T one(RowMapping<T> mapping) {
        List<T> rows = list(mapping);
        if (rows.size() != 1) {
            throw new IllegalStateException("Expected one row, not " + rows.size());
        }
        return rows.getFirst();
    }

    private Query put(String name, String text) {
        if (parameters.containsKey(name)) {
            throw new IllegalArgumentException("Bound twice: " + name);
        }
        parameters.put(name, text);
        return this;
    }

    /** As an array's literal has it, but for backslashes and control characters: the client escapes those. */
    private static String quote(String value) {
        return "'" + value.replace("'", "''") + "'";
    }
}
