package dev.quarry.local.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TableLoadTest {
    private static final JsonMapper JSON = new JsonMapper();
    /** {@code -Dquarry.test.rows=1000000} loads that many; a batch has at most 50,000. */
    private static final int ROWS = Integer.getInteger("quarry.test.rows", 150_000);

    private static SampleStores stores;

    @TempDir
    private Path folder;

    private record Outcome(int status, String out, String err) {}

    @BeforeAll
    static void start() throws IOException {
        stores = new SampleStores();
    }

    @AfterAll
    static void stop() throws IOException {
        stores.close();
    }

    /** Several batches with scattered wrong rows, wrong in five ways: exactly the other rows are loaded. */
    @Test
    void refusedRowsAreSeparatedFromManyRows() throws IOException {
        NavigableMap<Integer, Wrong> wrong = new TreeMap<>();
        Random random = new Random(15);
        while (wrong.size() < ROWS / 10_000) {
            wrong.put(random.nextInt(ROWS), WRONG.get(wrong.size() % WRONG.size()));
        }
        int right = ROWS - wrong.size();
        Path file = folder.resolve("many.jsonl");
        try (Writer writer = Files.newBufferedWriter(file)) {
            for (int row = 0; row < ROWS; row++) {
                Wrong how = wrong.get(row);
                writer.write(how == null ? json("many", row) : how.row.apply(row));
                writer.write('\n');
            }
        }

        Outcome outcome = run("", "--table=events", file.toString());

        assertEquals(3, outcome.status(), outcome.err());
        assertEquals(
                "%,d rows are in events\n%d rows were refused: %s.refused.jsonl says which and why\n"
                        .formatted(right, wrong.size(), file),
                outcome.out());
        assertTrue(outcome.err()
                .lines()
                .allMatch(line -> line.matches("[\\d,]+ rows in, [\\d,]+ refused, \\d+ % of the file read")));
        NavigableMap<Long, JsonNode> refusals = refusals(file);
        assertEquals(wrong.keySet().stream().map(row -> row + 1L).toList(), List.copyOf(refusals.keySet()));
        refusals.forEach((line, refusal) -> {
            Wrong how = wrong.get((int) (line - 1));
            assertTrue(refusal.path("reason").textValue().contains(how.reason), refusal::toString);
            assertFalse(refusal.path("reason").textValue().contains("at row"), refusal::toString);
            assertEquals(how.row.apply((int) (line - 1)), refusal.path("row").textValue());
        });
        long sum = 0;
        for (int row = 0; row < ROWS; row++) {
            sum += wrong.containsKey(row) ? 0 : row;
        }
        assertLoaded("many", right, sum);

        // Loaded again, each row counts once.
        assertEquals(3, run("", "--table=events", file.toString()).status());
        assertLoaded("many", right, sum);
    }

    @Test
    void aGoodFileLeavesNothingBeside(@TempDir Path other) throws IOException {
        Path file = other.resolve("good.jsonl.gz");
        Files.writeString(other.resolve("good.jsonl.gz.refused.jsonl"), "of the run before");
        try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(file))) {
            for (int row = 0; row < 1000; row++) {
                gzip.write((json("good", row) + "\r\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        Outcome outcome = run("", "--table=events", file.toString());
        assertEquals(new Outcome(0, "1,000 rows are in events\n", ""), outcome);
        assertLoaded("good", 1000, 499_500);
        assertFalse(Files.exists(other.resolve("good.jsonl.gz.refused.jsonl")));
    }

    @Test
    void csvHasAHeaderAndQuotedLineBreaks() throws IOException {
        Path file = folder.resolve("rows.csv");
        Files.writeString(file, """
                \uFEFFtime,kind,event_id,organization_id,tool
                2026-02-20T13:00:00Z,tool_call,%s,csv,"two
                lines, ""quoted""\"

                1771592400,tool_call,%s,csv,
                ,tool_call,%s,csv,no time
                2026-02-20,tool_call,nothing,csv,no id
                2026-02-20 13:00:01,tool_call,%s,csv,last""".formatted(id(1), id(2), id(3), id(4)));
        Outcome outcome = run("", "--table=events", file.toString());
        assertEquals(3, outcome.status(), outcome.err());
        assertEquals(
                List.of(
                        "2026-02-20 13:00:00.000,",
                        "2026-02-20 13:00:00.000,two\nlines, \"quoted\"",
                        "2026-02-20 13:00:01.000,last"),
                stores.query("""
                        SELECT toString(time), tool FROM `${database}`.events WHERE organization_id = 'csv' ORDER BY time, tool
                        """));
        NavigableMap<Long, JsonNode> refusals = refusals(file);
        assertEquals(List.of(6L, 7L), List.copyOf(refusals.keySet()));
        assertTrue(
                refusals.get(6L).path("reason").textValue().startsWith("time is missing: send UTC"),
                refusals::toString);
        assertTrue(refusals.get(7L).path("reason").textValue().contains("uuid"), refusals::toString);
    }

    @Test
    void aLoadThatDoesNotBeginKeepsTheRowsRefusedBefore() throws IOException {
        Path file = Files.writeString(folder.resolve("again.jsonl"), json("again", 1) + "\n");
        Path refused = Files.writeString(folder.resolve("again.jsonl.refused.jsonl"), "of the run before");
        assertFails("There is no bronze table ", "", "--table=event", file.toString());
        assertEquals("of the run before", Files.readString(refused));
    }

    @Test
    void aWrongFileIsReportedInOneSentence() throws IOException {
        assertFails("There is no bronze table \"users\": take one of canvas_app_events, ", "", "--table=users", "-");
        assertFails(
                "There is no file ",
                "",
                "--table=events",
                folder.resolve("nothing").toString());
        String misspelt = json("misspelt", 1).replace("\"user_id\"", "\"userId\"") + "\n";
        Path file = Files.writeString(folder.resolve("misspelt.jsonl"), misspelt.repeat(1500));
        assertFails(
                "1000 rows in a row were refused, up to line 1000: the file does not fit events; the last one because: "
                        + "Unknown field found while parsing JSONEachRow format: userId",
                "",
                "--table=events",
                file.toString());
        Path open = Files.writeString(folder.resolve("open.csv"), "time,kind\n\"" + "x".repeat(5 << 20));
        assertFails("The record that begins on line 2 has more than ", "", "--table=events", open.toString());
    }

    @Test
    void printsItsUsage() {
        for (List<String> arguments : List.of(
                List.of("--table=events"), List.of("--table=", "-"), List.of("--table=events", "-", "--app=x"))) {
            Outcome outcome = run("", arguments.toArray(String[]::new));
            assertEquals(2, outcome.status(), arguments.toString());
            assertTrue(outcome.err().contains("usage: load --table=TABLE <file|->"), outcome.err());
        }
    }

    /** @param row gives the text of the row of a number */
    private record Wrong(String reason, IntFunction<String> row) {}

    private static final List<Wrong> WRONG = List.of(
            new Wrong("time is missing: send UTC", row -> json("many", row).replaceAll("\"time\":\"[^\"]*\",", "")),
            new Wrong(
                    "event_id_is_not_zero",
                    row -> json("many", row).replace(id(row), "00000000-0000-0000-0000-000000000000")),
            new Wrong("userId", row -> json("many", row).replace("\"user_id\"", "\"userId\"")),
            new Wrong("Cannot parse", row -> json("many", row).substring(0, 40)),
            new Wrong(
                    "time_is_accepted",
                    row -> json("many", row).replaceAll("\"time\":\"[^\"]*\"", "\"time\":1771592400")));

    private static String json(String organization, int row) {
        return """
                {"organization_id":"%s","event_id":"%s","time":"2026-02-20 %02d:00:00.%03d","kind":"tool_call","user_id":"user-%d","tool":"%d"}""".formatted(organization, id(row), row % 24, row % 1000, row % 5000, row);
    }

    private static String id(int row) {
        return new UUID(0x4000L, row + 1L).toString();
    }

    private static void assertLoaded(String organization, long rows, long sum) {
        assertEquals(List.of(rows + "," + sum), stores.query("""
                        SELECT toString(count()), toString(sum(toUInt64(tool))) FROM `${database}`.events FINAL
                        WHERE organization_id = '%s'
                        """.formatted(organization)));
    }

    private static NavigableMap<Long, JsonNode> refusals(Path file) throws IOException {
        NavigableMap<Long, JsonNode> refusals = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of(file + ".refused.jsonl"))) {
            JsonNode refusal = JSON.readTree(line);
            refusals.put(refusal.path("line").longValue(), refusal);
        }
        return refusals;
    }

    private static void assertFails(String sentence, String input, String... arguments) {
        Outcome outcome = run(input, arguments);
        assertEquals(1, outcome.status(), outcome.err());
        assertTrue(outcome.err().lines().toList().getLast().startsWith(sentence), outcome.err());
    }

    private static Outcome run(String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = LoadCommand.run(
                List.of(arguments),
                Map.of(
                        "QUARRY_CLICKHOUSE_URL", stores.clickHouse().url(),
                        "QUARRY_CLICKHOUSE_DATABASE", stores.clickHouse().database()),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
