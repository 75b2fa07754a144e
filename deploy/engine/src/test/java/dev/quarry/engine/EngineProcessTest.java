package dev.quarry.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EngineProcessTest {
    @TempDir
    private Path directory;

    @Test
    void insertedRowsSurviveACrash() {
        try (EngineProcess engine = EngineProcess.start(options())) {
            Http.to(engine).run("CREATE DATABASE quarry");
            Http.to(engine).run("CREATE TABLE quarry.t (a Int64) ENGINE = MergeTree ORDER BY a");
            Http.to(engine).run("INSERT INTO quarry.t FORMAT TSV\n1\n2\n3\n");
            String url = engine.url();
            long pid = engine.pid();
            engine.kill();
            assertFalse(engine.isAlive());
            engine.restart();
            assertEquals(url, engine.url());
            assertNotEquals(pid, engine.pid());
            assertEquals("3", Http.to(engine).run("SELECT count() FROM quarry.t"));
            assertEquals(0, engine.stop());
            engine.restart();
            assertEquals("3", Http.to(engine).run("SELECT count() FROM quarry.t"));
        }
    }

    @Test
    void stopsInOrderEvenWhileAQueryRuns() throws IOException {
        try (EngineProcess engine = EngineProcess.start(options())) {
            URI uri = URI.create(engine.url());
            try (Socket client = new Socket(uri.getHost(), uri.getPort())) {
                String query = "SELECT+sum(sipHash64(number))+FROM+numbers(1000000000000)";
                client.getOutputStream()
                        .write(("GET /?query=" + query + " HTTP/1.1\r\nHost: x\r\n\r\n")
                                .getBytes(StandardCharsets.UTF_8));
                client.getOutputStream().flush();
                Polling.until(
                        "it runs",
                        () -> Http.to(engine)
                                .run("SELECT count() FROM system.processes WHERE query LIKE 'SELECT sum(sipHash64%'")
                                .equals("1"));
                assertEquals(0, engine.stop());
            }
        }
    }

    @Test
    void stopsInOrderEvenWhileAnInsertWaitsForItsData() throws IOException {
        try (EngineProcess engine = EngineProcess.start(options())) {
            Http.to(engine).run("CREATE TABLE t (a Int64) ENGINE = MergeTree ORDER BY a");
            URI uri = URI.create(engine.url());
            try (Socket client = new Socket(uri.getHost(), uri.getPort())) {
                String head = "POST /?query=INSERT+INTO+t+FORMAT+TSV HTTP/1.1\r\nHost: x\r\nContent-Length: 999";
                client.getOutputStream().write((head + "\r\n\r\n1\n").getBytes(StandardCharsets.UTF_8));
                client.getOutputStream().flush();
                Polling.until(
                        "it runs",
                        () -> Http.to(engine)
                                .run("SELECT count() FROM system.processes WHERE query LIKE 'INSERT INTO t%'")
                                .equals("1"));
                assertEquals(0, engine.stop());
            }
            engine.restart();
            assertEquals("0", Http.to(engine).run("SELECT count() FROM t"));
        }
    }

    @Test
    void anUnusableDirectoryIsReported() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        IllegalStateException refused = assertThrows(
                IllegalStateException.class,
                () -> EngineProcess.start(
                        EngineProcess.Options.at(file.resolve("data")).withLogFile(directory.resolve("log"))));
        assertTrue(refused.getMessage().contains("cannot be used"), refused.getMessage());
    }

    @Test
    void aSecondEngineOnTheSameDirectoryIsRefusedInOneSentence() {
        try (EngineProcess engine = EngineProcess.start(options())) {
            IllegalStateException refused =
                    assertThrows(IllegalStateException.class, () -> EngineProcess.start(options()));
            assertTrue(refused.getMessage().contains("another engine already runs on"), refused.getMessage());
            assertEquals("1", Http.to(engine).run("SELECT 1"));
        }
    }

    @Test
    void aUsedPortIsReportedInOneSentence() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            IllegalStateException refused = assertThrows(
                    IllegalStateException.class,
                    () -> EngineProcess.start(options().withPort(taken.getLocalPort())));
            assertTrue(
                    refused.getMessage().contains("port " + taken.getLocalPort() + " on 127.0.0.1 is taken"),
                    refused.getMessage());
        }
    }

    @Test
    void endsWithTheInputOfItsParent() throws IOException, InterruptedException {
        Process child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-cp",
                        System.getProperty("java.class.path"),
                        EngineServer.class.getName(),
                        "--library=" + EngineLibrary.locate(),
                        "--path=" + directory.resolve("data"),
                        "--port=0",
                        "--exit-with-parent")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertTrue(child.inputReader().readLine().startsWith("ready on http://127.0.0.1:"));
            child.getOutputStream().close();
            assertEquals(0, child.waitFor());
        } finally {
            child.destroyForcibly();
        }
    }

    @Test
    void anUnknownOptionIsReported() {
        IllegalArgumentException refused = assertThrows(
                IllegalArgumentException.class, () -> EngineOptions.parse(new String[] {"--nonsense=1"}, null));
        assertTrue(refused.getMessage().startsWith("unknown option --nonsense\nusage: "), refused.getMessage());
        assertThrows(
                IllegalArgumentException.class,
                () -> EngineOptions.parse(new String[] {"--library=x", "--path=x", "--port=99999"}, null));
    }

    @Test
    void theLibraryIsWhereNpmPutIt() {
        assertTrue(Files.isRegularFile(EngineLibrary.locate()));
    }

    private EngineProcess.Options options() {
        return EngineProcess.Options.at(directory.resolve("data")).withLogFile(directory.resolve("log"));
    }
}
