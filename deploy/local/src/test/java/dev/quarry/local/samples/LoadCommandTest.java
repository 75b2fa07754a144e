package dev.quarry.local.samples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoadCommandTest {
    private static final String CHECKS = """
            org,site_slug,site,ts_utc,status,http_code,latency_ms,commit
            acme,s,S,2026-05-10 17:13:31,up,200,133,c1
            acme,s,S,2026-05-10 17:13:32,maybe,200,133,c2
            """;

    private static SampleStores stores;

    private record Outcome(int status, String out, String err) {}

    @BeforeAll
    static void start() throws IOException {
        stores = new SampleStores();
    }

    @AfterAll
    static void stop() throws IOException {
        stores.close();
    }

    @Test
    void loadsAFileAndSaysWhatBecameOfIt(@TempDir Path folder) throws Exception {
        stores.organization("from-file");
        Path file = Files.writeString(folder.resolve("checks.csv"), CHECKS);
        Outcome outcome = run("", "uptime-checks", file.toString(), "--organization=from-file", "--shift-days=31");
        assertEquals(new Outcome(0, """
                read 2 records
                wrote 1 rows to executions
                wrote 1 rows to invocations
                left out 1: status neither up, degraded nor down
                from 2026-06-10T17:13:31Z to 2026-06-10T17:13:31Z
                workspaces: acme
                """, ""), outcome);
        assertEquals(
                List.of("2026-06-10 17:13:31.000"),
                stores.query(
                        "SELECT toString(time) FROM `${database}`.executions WHERE organization_id = 'from-file'"));
    }

    @Test
    void loadsStandardInput() throws Exception {
        stores.organization("from-input");
        Outcome outcome = run(CHECKS, "uptime-checks", "-", "--organization=from-input");
        assertEquals(0, outcome.status(), outcome.err());
    }

    @Test
    void saysInOneSentenceWhatIsWrong(@TempDir Path folder) throws Exception {
        stores.organization("refused");
        assertFails("There is no organisation \"nobody\".", CHECKS, "uptime-checks", "-", "--organization=nobody");
        assertFails("There is no kind \"x\": take one of ", "", "x", "-", "--organization=refused");
        assertFails("There is no file ", "", "aider", folder + "/nothing", "--organization=refused");
        assertFails("The file has no column ", "a,b\n", "train-ticket", "-", "--organization=refused");
        assertFails("The organisation id must be ", "", "aider", "-", "--organization=a b");
        assertFails("The app id must be ", "", "aider", "-", "--organization=refused", "--app=a'b");
    }

    @Test
    void printsItsUsage() {
        for (List<String> arguments : List.of(
                List.<String>of(),
                List.of("aider", "-"),
                List.of("aider", "--organization=x"),
                List.of("aider", "-", "--organization=x", "--shift-days=soon"),
                List.of("aider", "\uFFFD", "--organization=x"),
                List.of("aider", "-", "--organization=x", "--wrong=1"))) {
            Outcome outcome = run("", arguments.toArray(String[]::new));
            assertEquals(2, outcome.status(), arguments.toString());
            assertTrue(outcome.err().contains("usage: load --table=TABLE <file|->"), outcome.err());
        }
    }

    private static void assertFails(String sentence, String input, String... arguments) {
        Outcome outcome = run(input, arguments);
        assertEquals(1, outcome.status());
        assertTrue(outcome.err().startsWith(sentence), outcome.err());
        assertEquals(1, outcome.err().lines().count(), outcome.err());
    }

    private static Outcome run(String input, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = LoadCommand.run(
                List.of(arguments),
                Map.of(
                        "QUARRY_CLICKHOUSE_URL", stores.clickHouse().url(),
                        "QUARRY_CLICKHOUSE_DATABASE", stores.clickHouse().database(),
                        "QUARRY_POSTGRES_URL", stores.postgres().url()),
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
        return new Outcome(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
