package dev.quarry.engine;

import static dev.quarry.engine.ProtocolTest.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Queries beside each other, and queries whose client has gone. */
final class ConcurrencyTest {
    private static final String ENDLESS = "SELECT sum(sipHash64(number)) FROM numbers(1000000000000)";

    @RegisterExtension
    static final EngineExtension ENGINE =
            new EngineExtension(options -> options.withMaxThreads(1).withMaxQueries(3, 2));

    @BeforeAll
    static void table() {
        ENGINE.http().run("CREATE DATABASE quarry");
        ENGINE.http().run("CREATE TABLE quarry.t (a Int64, s String) ENGINE = MergeTree ORDER BY a");
    }

    @Test
    void aShortQueryOvertakesALongOne() throws IOException {
        try (Socket endless = begin(ENDLESS)) {
            Polling.until("the long one runs", () -> running(ENDLESS) == 1);
            assertEquals("1", ENGINE.http().run("SELECT 1"));
            assertEquals(1, running(ENDLESS));
            assertFalse(endless.isClosed());
        }
        Polling.until("nothing runs", () -> running(ENDLESS) == 0);
    }

    /** Refused queries are sent again, so that each of them is answered in the end. */
    @Test
    void queriesAtOnceKeepTheirParametersAndSettingsApart() throws Exception {
        int most = 0;
        try (var clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> answers = IntStream.range(0, 60)
                    .mapToObj(number -> clients.submit(() -> runningBeside(number)))
                    .toList();
            for (Future<Integer> answer : answers) {
                most = Math.max(most, answer.get());
            }
        }
        assertTrue(most > 1, "No two queries ran at the same time");
    }

    /** Checks a query's answer, and returns how many queries ran with it. */
    private static int runningBeside(int number) {
        Http client = ENGINE.http().with("param_n", "" + number).with("log_comment", "comment " + number);
        String sql = """
                SELECT {n:Int64}, getSetting('log_comment'), (SELECT count() FROM system.processes), sleep(0.01)
                """;
        HttpResponse<String> answer = client.post(sql);
        while (answer.statusCode() == 503) {
            answer = client.post(sql);
        }
        assertEquals(200, answer.statusCode(), answer.body());
        String[] fields = answer.body().split("\t", -1);
        assertEquals(Integer.toString(number), fields[0]);
        assertEquals("comment " + number, fields[1]);
        return Integer.parseInt(fields[2]);
    }

    @Test
    void queriesAboveTheQueueAreRefused() throws IOException {
        List<Socket> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 8; i++) {
                clients.add(begin(ENDLESS));
            }
            // Three run and two wait; one more is refused if the place of an earlier query is not free yet.
            Polling.until("three of eight are refused", () -> answered(clients) >= 3);
            for (Socket client : clients) {
                byte[] answer = client.getInputStream()
                        .readNBytes(client.getInputStream().available());
                if (answer.length > 0) {
                    String text = new String(answer, StandardCharsets.UTF_8);
                    assertTrue(text.startsWith("HTTP/1.1 503 "), text);
                    assertTrue(text.contains("X-ClickHouse-Exception-Code: 202\r\n"), text);
                }
            }
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
        Polling.until("the others have stopped too", () -> running(ENDLESS) == 0);
    }

    private static long answered(List<Socket> clients) {
        return clients.stream()
                .filter(client -> {
                    try {
                        return client.getInputStream().available() > 0;
                    } catch (IOException broken) {
                        throw new UncheckedIOException(broken);
                    }
                })
                .count();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ENDLESS,
                "SELECT sleepEachRow(1) FROM numbers(600) SETTINGS function_sleep_max_microseconds_per_block = 0",
                "SELECT count() FROM numbers(1000000000) AS a, numbers(1000000000) AS b WHERE a.number * b.number = 7",
                "SELECT number FROM numbers(1000000000000) ORDER BY sipHash64(number) FORMAT Null",
                "INSERT INTO FUNCTION null('a UInt64') SELECT number FROM numbers(1000000000000)"
            })
    void aQueryStopsWhenItsClientLeaves(String sql) throws IOException {
        try (Socket client = begin(sql)) {
            Polling.until("it runs", () -> running(sql) == 1);
            client.setSoLinger(true, 0);
        }
        Polling.until("it has stopped", () -> running(sql) == 0);
    }

    @Test
    void anInsertStopsWhenItsClientLeaves() throws IOException {
        String sql = "INSERT INTO quarry.t FORMAT TSV";
        try (Socket client = open(sql, "", 1_000_000)) {
            client.getOutputStream().write("1\tx\n".repeat(1000).getBytes(StandardCharsets.UTF_8));
            client.getOutputStream().flush();
            Polling.until("it runs", () -> running("INSERT INTO quarry.t") == 1);
        }
        Polling.until("it has stopped", () -> running("INSERT INTO quarry.t") == 0);
        assertEquals("0", ENGINE.http().run("SELECT count() FROM quarry.t"));
    }

    @Test
    void aQueryIdRunsOnceAtATime() throws IOException {
        try (Socket client = open(ENDLESS, "&query_id=mine", 0)) {
            Polling.until("it runs", () -> running(ENDLESS) == 1);
            HttpResponse<String> second = ENGINE.http().with("query_id", "mine").post("SELECT 1");
            assertEquals("216", header(second, "X-ClickHouse-Exception-Code"));
            assertFalse(client.isClosed());
        }
        Polling.until(
                "it may run again",
                () -> ENGINE.http().with("query_id", "mine").post("SELECT 1").statusCode() == 200);
    }

    private static Socket begin(String sql) throws IOException {
        return open(sql, "", 0);
    }

    /** Sends a statement in the URL and announces a body. */
    private static Socket open(String sql, String parameters, int bodyLength) throws IOException {
        URI uri = URI.create(ENGINE.process().url());
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        String query = URLEncoder.encode(sql, StandardCharsets.UTF_8) + parameters;
        String head = "POST /?query=" + query + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + bodyLength;
        socket.getOutputStream().write((head + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
        return socket;
    }

    private static int running(String sql) {
        HttpResponse<String> answer = ENGINE.http()
                .with("param_sql", sql)
                .post("SELECT count() FROM system.processes WHERE startsWith(query, {sql:String})");
        // Refused means that as many run as may run.
        return answer.statusCode() == 200 ? Integer.parseInt(answer.body().strip()) : 1;
    }
}
