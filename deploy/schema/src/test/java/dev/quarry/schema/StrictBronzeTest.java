package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sends values to each column of each bronze table in every way of inserting: a value is stored exactly as it was sent,
 * or its INSERT is refused with a 400 that names the column.
 */
class StrictBronzeTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Table to its required columns, besides organisation and event id, each with a right value. */
    private static final Map<String, Map<String, Cell>> REQUIRED = Map.of(
            "events", columns("time", "kind"),
            "canvas_errors", columns("timestamp", "app_id"),
            "canvas_vitals", columns("timestamp", "app_id", "metric_name", "value"),
            "canvas_app_events", columns("timestamp", "app_id"),
            "canvas_app_logs", columns("timestamp", "app_id", "level"),
            "canvas_request_logs", columns("timestamp", "app_id", "duration_ms"),
            "invocations", columns("time", "outcome", "latency_ms"),
            "executions", columns("time", "workspace_id", "status", "duration_ms"));

    /** Whether the engine can make a value, by the statement that makes it. */
    private static final Map<String, Boolean> FORMS = new ConcurrentHashMap<>();

    private static MigratorSettings settings;
    private static Map<String, String> types;
    private static Instant now;
    /** Expected number of rows by table. */
    private static Map<String, Long> taken;

    /**
     * A value in the notation of each way of inserting.
     *
     * @param json as JSON
     * @param text as a field of CSV or TSV, without quotes
     * @param sql as an expression
     */
    private record Cell(String json, String text, String sql) {
        static Cell text(String value) {
            return new Cell("\"" + value + "\"", value, "'" + value + "'");
        }

        /** The same notation in all ways. */
        static Cell number(String value) {
            return new Cell(value, value, value);
        }
    }

    private static final Cell OMITTED = new Cell("", "no such column", "");
    private static final Cell NULL = new Cell("null", "\\N", "NULL");
    private static final Cell EMPTY = text("");
    /** Text of 36 characters that no other row has. */
    private static final Pattern UNIQUE =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");

    /** A way to insert one row. */
    private enum Way {
        JSON_EACH_ROW,
        JSON_EACH_ROW_WITH_COLUMNS,
        JSON_EACH_ROW_ASYNC,
        CSV,
        CSV_WITH_NAMES,
        TSV,
        TSV_WITH_NAMES,
        VALUES,
        SELECT,
        ROW_BINARY,
        ROW_BINARY_WITH_NAMES_AND_TYPES,
        NATIVE;

        boolean namesTypes() {
            return isText() || this == VALUES || this == NATIVE;
        }

        /** Whether it writes numbers like text. */
        boolean isText() {
            return this == CSV || this == CSV_WITH_NAMES || this == TSV || this == TSV_WITH_NAMES;
        }
    }

    /** @param right the stored value as text; empty if every value is refused */
    private record Case(String name, Cell cell, Optional<String> right) {
        static Case wrong(String name, Cell cell) {
            return new Case(name, cell, Optional.empty());
        }

        static Case right(Cell cell, String stored) {
            return new Case(cell.json, cell, Optional.of(stored));
        }
    }

    @BeforeAll
    static void migrate() {
        settings = Stores.fresh(Retention.longest());
        Migrator.migrate(settings);
        now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        types = Stores.query(settings, """
                        SELECT concat(table, '.', name) AS column_name, type AS column_type FROM system.columns
                        WHERE database = '${database}'
                        """).stream()
                .collect(Collectors.toMap(row -> row.getString("column_name"), row -> row.getString("column_type")));
    }

    @BeforeEach
    void count() {
        taken = new ConcurrentHashMap<>(tables().collect(Collectors.toMap(table -> table, StrictBronzeTest::count)));
    }

    /** Each accepted INSERT added one row, and no refused one did. */
    @AfterEach
    void nothingOfARefusedInsertIsStored() {
        assertAll(tables().map(table -> () -> assertEquals(taken.get(table), count(table), table)));
    }

    @ParameterizedTest
    @EnumSource
    void aRowWithAllThatIsRequiredIsStored(Way way) {
        assertAll(tables().map(table -> () -> {
            Map<String, Cell> row = row(table);
            HttpResponse<String> response = insert(way, table, row);
            assertEquals(200, response.statusCode(), table + ": " + response.body());
            for (String column : row.keySet()) {
                assertEquals(row.get(column).text, stored(table, row, column), table + "." + column);
            }
        }));
    }

    @ParameterizedTest
    @EnumSource
    void whatIsRequiredCannotBeLeftOut(Way way) {
        List<Executable> checks = new ArrayList<>();
        tables().forEach(table -> row(table).keySet().forEach(column -> {
            checks.add(() -> assertHolds(way, table, column, Case.wrong("omitted", OMITTED)));
            checks.add(() -> assertHolds(way, table, column, Case.wrong("null", NULL)));
            checks.add(() -> assertHolds(way, table, column, Case.wrong("empty", EMPTY)));
        }));
        assertHold(way, checks);
    }

    @ParameterizedTest
    @EnumSource
    void aValueIsStoredAsItIsOrRefused(Way way) {
        List<Executable> checks = new ArrayList<>();
        tables().forEach(table -> {
            Stream.concat(row(table).keySet().stream(), Stream.of("status_code"))
                    .filter(column -> !column.equals("status_code") || table.equals("canvas_request_logs"))
                    .forEach(column ->
                            cases(column).forEach(sent -> checks.add(() -> assertHolds(way, table, column, sent))));
        });
        assertHold(way, checks);
    }

    @ParameterizedTest
    @EnumSource
    void aColumnThatATableDoesNotHaveIsRefused(Way way) {
        // CSV and TSV without a header and RowBinary without one have no names that could be wrong but those of the
        // statement.
        List<Executable> checks = new ArrayList<>();
        tables().forEach(table -> Stream.of("userId", "delivered", table.startsWith("canvas") ? "time" : "timestamp")
                .forEach(column -> checks.add(() -> {
                    Map<String, Cell> row = row(table);
                    row.put(column, text("2026-02-20 13:00:00"));
                    HttpResponse<String> response = insert(way, table, row);
                    assertRefused(way, response, column, table + "." + column + ": ");
                })));
        assertHold(way, checks);
    }

    /** Each name in the table of BRONZE.md, in lower, upper and mixed case. */
    @Test
    void levelsAreReadAsDocumented() {
        Map<String, List<String>> levels = BronzePage.levels();
        assertEquals(List.of("error", "warn", "info", "log"), List.copyOf(levels.keySet()));
        levels.forEach((severity, names) -> {
            assertTrue(names.contains(severity), names.toString());
            for (String name : names) {
                for (String sent : List.of(
                        name,
                        name.toUpperCase(Locale.ROOT),
                        name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1))) {
                    Map<String, Cell> row = row("canvas_app_logs");
                    row.put("level", text(sent));
                    HttpResponse<String> response = insert(Way.JSON_EACH_ROW, "canvas_app_logs", row);
                    assertEquals(200, response.statusCode(), response.body());
                    assertEquals(severity, stored("canvas_app_logs", row, "severity"), sent);
                    assertEquals(sent, stored("canvas_app_logs", row, "level"));
                }
            }
        });
    }

    @Test
    void latenciesAreRoundedHalfUp() {
        Map.of("0.25", "0", "0.5", "1", "1.49", "1", "1.5", "2", "412.5", "413", "4294967295", "4294967295")
                .forEach((sent, counted) -> {
                    Map<String, Cell> row = row("invocations");
                    row.put("latency_ms", Cell.number(sent));
                    assertEquals(
                            200, insert(Way.JSON_EACH_ROW, "invocations", row).statusCode());
                    assertEquals(counted, stored("invocations", row, "latency"), sent);
                });
    }

    /** Not all at once if the engine joins INSERTs: it would refuse a right one together with a wrong one. */
    private static void assertHold(Way way, List<Executable> checks) {
        assertAll(way == Way.JSON_EACH_ROW_ASYNC ? checks.stream() : checks.parallelStream());
    }

    private static Stream<String> tables() {
        return REQUIRED.keySet().stream().sorted();
    }

    private static List<Case> cases(String column) {
        return switch (column) {
            case "organization_id", "app_id", "workspace_id", "kind", "metric_name" ->
                List.of(Case.right(text("a b,c;é"), "a b,c;é"));
            case "event_id" ->
                List.of(
                        Case.wrong("zero", text("00000000-0000-0000-0000-000000000000")),
                        Case.wrong("no UUID", text("abc")),
                        Case.wrong("cut", text("0b9c3c0e-6f0e-4a53-9b2b-0a7f7c1d2e3")),
                        Case.right(
                                text("0B9C3C0E-6F0E-3A53-9B2B-0A7F7C1D2E3F"), "0b9c3c0e-6f0e-3a53-9b2b-0a7f7c1d2e3f"));
            case "time", "timestamp" -> times();
            case "level" -> List.of(Case.wrong("unknown", text("loud")), Case.right(text("WARNING"), "WARNING"));
            case "outcome", "status" ->
                List.of(
                        Case.wrong("unknown", text("maybe")),
                        Case.wrong("another case", text("SUCCESS")),
                        Case.wrong("number", Cell.number("1")),
                        Case.wrong("number 0", Cell.number("0")),
                        Case.wrong("number as text", text("1")));
            case "status_code" ->
                Stream.concat(
                                noNumbers(),
                                Stream.of(
                                        Case.wrong("fraction", Cell.number("200.5")),
                                        Case.wrong("65736", Cell.number("65736")),
                                        Case.wrong("1000", Cell.number("1000")),
                                        Case.right(Cell.number("0"), "0"),
                                        Case.right(Cell.number("404"), "404"),
                                        Case.right(Cell.number("999"), "999")))
                        .toList();
            case "latency_ms" ->
                Stream.concat(
                                noNumbers(),
                                Stream.of(
                                        Case.wrong("5000000000", Cell.number("5000000000")),
                                        Case.wrong("4294967295.5", Cell.number("4294967295.5")),
                                        Case.wrong("2^64 + 200", Cell.number("18446744073709551816")),
                                        Case.right(Cell.number("0.125"), "0.125"),
                                        Case.right(Cell.number("65736"), "65736"),
                                        Case.right(Cell.number("4294967295"), "4294967295")))
                        .toList();
            case "duration_ms", "value" ->
                Stream.concat(
                                noNumbers(),
                                Stream.of(
                                        Case.right(Cell.number("0.125"), "0.125"),
                                        Case.right(Cell.number("65736"), "65736"),
                                        Case.right(Cell.number("5000000000"), "5000000000")))
                        .toList();
            default -> throw new IllegalArgumentException(column);
        };
    }

    private static Stream<Case> noNumbers() {
        return Stream.of(
                Case.wrong("negative", Cell.number("-1")),
                Case.wrong("a little negative", Cell.number("-0.001")),
                Case.wrong("1e400", new Cell("1e400", "1e400", "toFloat64('1e400')")),
                Case.wrong("NaN", Cell.number("NaN")),
                Case.wrong("inf", Cell.number("inf")),
                Case.wrong("-inf", Cell.number("-inf")),
                Case.wrong("text", text("fast")),
                Case.wrong("with a unit", text("12ms")));
    }

    private static List<Case> times() {
        Instant soon = now.plus(23, ChronoUnit.HOURS);
        Instant late = now.plus(25, ChronoUnit.HOURS);
        Instant gone = now.minus(18_251, ChronoUnit.DAYS);
        return List.of(
                Case.wrong("before 2000", text("1999-12-31 23:59:59.999")),
                Case.right(text("2000-01-01 00:00:00.000"), "2000-01-01 00:00:00.000"),
                Case.wrong("a day and an hour ahead", text(clickHouse(late))),
                Case.wrong("a day and an hour ahead, as ISO", text(late.toString())),
                Case.right(text(clickHouse(soon)), clickHouse(soon)),
                Case.wrong("behind the retention", text(clickHouse(gone))),
                Case.wrong("in the year 2106", text("2106-02-08 00:00:00")),
                Case.wrong("in the year 9999", text("9999-12-31 23:59:59")),
                Case.wrong("nonsense", text("garbage")),
                Case.wrong("no day of the calendar", text("2026-02-30 12:00:00")),
                Case.wrong("no month", text("2026-13-01 12:00:00")),
                Case.wrong("negative", Cell.number("-5")),
                // As a number, seconds are milliseconds of January 1970. As text, ten digits are seconds.
                Case.right(Cell.number("1771592400"), "2026-02-20 13:00:00.000"),
                Case.right(Cell.number("1771592400123"), "2026-02-20 13:00:00.123"),
                Case.right(text("1771592400"), "2026-02-20 13:00:00.000"),
                Case.right(text("1771592400123"), "2026-02-20 13:00:00.123"),
                Case.right(text("2026-02-20T13:00:00Z"), "2026-02-20 13:00:00.000"),
                Case.right(text("2026-02-20T13:00:00.123Z"), "2026-02-20 13:00:00.123"),
                Case.right(text("2026-02-20T13:00:00.123456Z"), "2026-02-20 13:00:00.123"),
                Case.right(text("2026-02-20T13:00:00.123+02:00"), "2026-02-20 11:00:00.123"),
                Case.right(text("2026-02-20T13:00:00-05:30"), "2026-02-20 18:30:00.000"));
    }

    private static String clickHouse(Instant time) {
        return time.toString().replace('T', ' ').replace("Z", "").concat(".000").substring(0, 23);
    }

    /**
     * Stored exactly if the value is right; otherwise, or if the format cannot express it, refused with nothing stored.
     */
    private static void assertHolds(Way way, String table, String column, Case sent) {
        Map<String, Cell> row = row(table);
        if (sent.cell.equals(OMITTED)) {
            row.remove(column);
        } else {
            row.put(column, sent.cell);
        }
        if (!canCarry(way, table, column, sent.cell)) {
            return;
        }
        HttpResponse<String> response = insert(way, table, row);
        String what = "%s.%s, %s: ".formatted(table, column, sent.name);
        if (response.statusCode() == 200) {
            assertTrue(sent.right.isPresent(), () -> what + "was taken as " + stored(table, row, column));
            assertEquals(sent.right.get(), stored(table, row, column), what);
        } else {
            assertTrue(sent.right.isEmpty() || isRefusedAlthoughRight(way, column, sent), () -> what + response.body());
            assertRefused(way, response, column, what);
        }
    }

    /** Seconds as a number look like milliseconds, so they are read as a time in January 1970. */
    private static boolean isRefusedAlthoughRight(Way way, String column, Case sent) {
        boolean number = !sent.cell.json.startsWith("\"");
        return (column.equals("time") || column.equals("timestamp")) && number && !way.isText();
    }

    /** Some formats name the type or the row of a value that they cannot read, but not the column. */
    private static void assertRefused(Way way, HttpResponse<String> response, String column, String what) {
        assertEquals(400, response.statusCode(), what + response.body());
        String named = column.equals("value")
                ? "key value\\b|name: value\\b|`value_is_|value is missing|column \"?value\\b|'value'"
                : "\\b%s(?:\\b|_is_)".formatted(column);
        String typed = way.namesTypes() ? "|UUID|DateTime64|Cannot read DateTime|Float64|\\(at row 1\\)" : "";
        assertTrue(Pattern.compile(named + typed).matcher(response.body()).find(), what + response.body());
    }

    /** A row of the table with an organisation of its own. */
    private static Map<String, Cell> row(String table) {
        Map<String, Cell> row = new LinkedHashMap<>();
        row.put("organization_id", text(UUID.randomUUID().toString()));
        row.put("event_id", text(UUID.randomUUID().toString()));
        row.putAll(REQUIRED.get(table));
        return row;
    }

    private static Map<String, Cell> columns(String... names) {
        Map<String, Cell> columns = new LinkedHashMap<>();
        for (String name : names) {
            columns.put(name, rightCell(name));
        }
        return columns;
    }

    private static Cell rightCell(String column) {
        return switch (column) {
            case "time", "timestamp" -> text("2026-02-20 13:00:00.123");
            case "value", "duration_ms", "latency_ms" -> Cell.number("12.75");
            case "level" -> text("warn");
            case "outcome", "status" -> text("success");
            default -> text(column);
        };
    }

    private static Cell text(String value) {
        return Cell.text(value);
    }

    private static HttpResponse<String> insert(Way way, String table, Map<String, Cell> row) {
        HttpResponse<String> response = send(way, table, row);
        if (response.statusCode() == 200) {
            taken.merge(table, 1L, Long::sum);
        }
        return response;
    }

    private static HttpResponse<String> send(Way way, String table, Map<String, Cell> row) {
        String into = "INSERT INTO " + table + " ";
        String columns = row.keySet().stream().collect(Collectors.joining(", ", "(", ") "));
        return switch (way) {
            case JSON_EACH_ROW -> post(into + "FORMAT JSONEachRow", json(row), "0");
            case JSON_EACH_ROW_WITH_COLUMNS -> post(into + columns + "FORMAT JSONEachRow", json(row), "0");
            case JSON_EACH_ROW_ASYNC -> post(into + "FORMAT JSONEachRow", json(row), "1");
            case CSV -> post(into + columns + "FORMAT CSV", line(row.values(), ","), "0");
            case CSV_WITH_NAMES ->
                post(
                        into + "FORMAT CSVWithNames",
                        String.join(",", row.keySet()) + "\n" + line(row.values(), ","),
                        "0");
            case TSV -> post(into + columns + "FORMAT TSV", line(row.values(), "\t"), "0");
            case TSV_WITH_NAMES ->
                post(
                        into + "FORMAT TSVWithNames",
                        String.join("\t", row.keySet()) + "\n" + line(row.values(), "\t"),
                        "0");
            case VALUES ->
                post(
                        into + columns + "VALUES",
                        row.values().stream().map(Cell::sql).collect(Collectors.joining(", ", "(", ")")),
                        "0");
            case SELECT -> post(into + columns + selected(row), "", "0");
            case ROW_BINARY -> post(into + columns + "FORMAT RowBinary", binary(table, row, "RowBinary"), "0");
            case ROW_BINARY_WITH_NAMES_AND_TYPES ->
                post(into + "FORMAT RowBinaryWithNamesAndTypes", binary(table, row, "RowBinaryWithNamesAndTypes"), "0");
            case NATIVE -> post(into + "FORMAT Native", binary(table, row, "Native"), "0");
        };
    }

    private static String json(Map<String, Cell> row) {
        return row.entrySet().stream()
                .map(cell -> "\"" + cell.getKey() + "\":" + cell.getValue().json)
                .collect(Collectors.joining(",", "{", "}\n"));
    }

    private static String line(Collection<Cell> cells, String separator) {
        return cells.stream()
                .map(Cell::text)
                .map(text -> text.contains(separator) ? "\"" + text + "\"" : text)
                .collect(Collectors.joining(separator, "", "\n"));
    }

    private static String selected(Map<String, Cell> row) {
        return row.values().stream().map(Cell::sql).collect(Collectors.joining(", ", "SELECT ", ""));
    }

    /** The engine makes the bytes: each value in the type of its column if it converts, otherwise unchanged. */
    private static byte[] binary(String table, Map<String, Cell> row, String format) {
        String selected = row.entrySet().stream()
                .map(cell -> typed(table, cell.getKey(), cell.getValue()) + " AS `" + cell.getKey() + "`")
                .collect(Collectors.joining(", ", "SELECT ", " FORMAT " + format));
        HttpResponse<byte[]> made = send(request(selected, "0", BodyPublishers.noBody()), BodyHandlers.ofByteArray());
        assertEquals(200, made.statusCode(), () -> new String(made.body(), StandardCharsets.UTF_8));
        return made.body();
    }

    private static String typed(String table, String column, Cell cell) {
        String type = types.get(table + "." + column);
        if (type == null) {
            return cell.sql;
        }
        String nullable = type.startsWith("LowCardinality(")
                ? "LowCardinality(Nullable(" + type.substring("LowCardinality(".length()) + ")"
                : "Nullable(" + type + ")";
        String cast = "CAST(%s AS %s)".formatted(cell.sql, cell.equals(NULL) ? nullable : type);
        return hasForm(table, column, cell) ? cast : cell.sql;
    }

    private static boolean hasForm(String table, String column, Cell cell) {
        String type = types.get(table + "." + column);
        return type == null
                || cell.equals(NULL)
                || FORMS.computeIfAbsent(
                        "SELECT CAST(%s AS %s)".formatted(cell.sql, type),
                        sql -> post(sql, new byte[0], "0").statusCode() == 200);
    }

    /** RowBinary has no types: the bytes of another type would be read as another value. */
    private static boolean canCarry(Way way, String table, String column, Cell cell) {
        return way != Way.ROW_BINARY || cell.equals(OMITTED) || (!cell.equals(NULL) && hasForm(table, column, cell));
    }

    private static long count(String table) {
        return Long.parseLong(ask("SELECT count() FROM " + table));
    }

    private static String stored(String table, Map<String, Cell> row, String column) {
        return ask("SELECT toString(%s) FROM %s WHERE %s".formatted(column, table, which(row)));
    }

    /** Finds the row by organisation or by event id; no other row of the tests has both. */
    private static String which(Map<String, Cell> row) {
        return Stream.of("organization_id", "event_id")
                .filter(row::containsKey)
                .filter(column -> UNIQUE.matcher(row.get(column).text).matches())
                .map(column -> "toString(%s) = '%s'".formatted(column, row.get(column).text))
                .collect(Collectors.joining(" OR "));
    }

    private static String ask(String sql) {
        HttpResponse<String> response = post(sql, new byte[0], "0");
        assertEquals(200, response.statusCode(), response.body());
        return response.body().strip();
    }

    private static HttpResponse<String> post(String sql, String body, String async) {
        return post(sql, body.getBytes(StandardCharsets.UTF_8), async);
    }

    private static HttpResponse<String> post(String sql, byte[] body, String async) {
        return send(request(sql, async, BodyPublishers.ofByteArray(body)), BodyHandlers.ofString());
    }

    private static HttpRequest request(String sql, String async, HttpRequest.BodyPublisher body) {
        String query =
                "/?database=%s&async_insert=%s&wait_for_async_insert=1&async_insert_use_adaptive_busy_timeout=0&async_insert_busy_timeout_max_ms=5&query=%s"
                        .formatted(
                                settings.clickHouse().database(),
                                async,
                                URLEncoder.encode(sql, StandardCharsets.UTF_8));
        return HttpRequest.newBuilder(URI.create(Stores.url() + query))
                .POST(body)
                .build();
    }

    private static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return HTTP.send(request, handler);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interruption);
        }
    }
}
