package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProcessesTest {

    private static final List<String> FOREVER = List.of("sh", "-c", "echo waiting; exec sleep 600");

    @TempDir
    private Path directory;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();
    private final Progress progress = new Progress(stream(), stream());
    private final Stopping stopping = new Stopping();
    private ProcessRegister register;

    @BeforeEach
    void makeRegister() {
        register = new ProcessRegister(directory.resolve("processes"));
    }

    private PrintStream stream() {
        return new PrintStream(said, true, StandardCharsets.UTF_8);
    }

    private ServiceProcess start(List<String> command, Map<String, String> environment) throws IOException {
        return ServiceProcess.start("a service", command, environment, directory.resolve("service.log"));
    }

    @Test
    void givesAServiceItsEnvironmentAndALog() throws Exception {
        ServiceProcess service =
                start(List.of("sh", "-c", "echo \"$SECRET\" && echo failed >&2"), Map.of("SECRET", "s"));
        service.process().onExit().get(30, TimeUnit.SECONDS);

        assertEquals(List.of("s", "failed"), LogTail.of(service.log()));
    }

    @Test
    void showsTheEndOfALongLog() throws IOException {
        Path log = directory.resolve("long.log");
        Files.writeString(log, "x\n".repeat(100_000) + "the cause\n");

        assertEquals(12, LogTail.of(log).size());
        assertEquals("the cause", LogTail.of(log).getLast());
        assertEquals(List.of(), LogTail.of(directory.resolve("none.log")));
    }

    @Test
    void stopsProcessesOfAKilledStack() throws Exception {
        ServiceProcess service = start(FOREVER, Map.of());
        register.add("a service", service.process());

        new ProcessRegister(directory.resolve("processes")).stopLeftovers(progress);

        // Java learns of the end a moment later than the one who brought it about.
        service.process().onExit().get(30, TimeUnit.SECONDS);
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("a service"), said.toString(StandardCharsets.UTF_8));
    }

    @Test
    void doesNotStopAnotherProcessWithTheSameId() throws IOException {
        ServiceProcess service = start(FOREVER, Map.of());
        try {
            long start = service.process().info().startInstant().orElseThrow().toEpochMilli();
            Files.writeString(
                    directory.resolve("processes"),
                    "%d %d a service%n".formatted(service.process().pid(), start - 60_000));

            register.stopLeftovers(progress);

            assertTrue(service.isAlive());
            assertEquals("", said.toString(StandardCharsets.UTF_8));
        } finally {
            service.close();
        }
    }

    @Test
    void killsAProcessThatDoesNotStopWhenAsked() throws Exception {
        Process process = new ProcessBuilder("sh", "-c", "trap '' TERM; echo deaf; while :; do read line; done")
                .redirectInput(ProcessBuilder.Redirect.PIPE)
                .start();
        assertEquals("deaf", process.inputReader().readLine());

        Processes.stop(process.toHandle(), Duration.ofMillis(50));

        assertTrue(process.waitFor(30, TimeUnit.SECONDS));
    }

    @Test
    void restartsAPartThatEndsAndReportsIt() throws Exception {
        ServiceProcess service = start(FOREVER, Map.of());
        try {
            ProcessHandle first = service.process();
            var restarted = new CompletableFuture<Void>();
            var supervisor = new Supervisor(stopping, progress, register);
            Queue<RuntimeException> failures = new ArrayDeque<>();
            failures.add(new UncheckedIOException("the system has no processes left", new IOException()));
            supervisor.watch(new Restarts(service, failures, restarted));

            first.destroyForcibly();
            restarted.get(30, TimeUnit.SECONDS);

            assertNotEquals(first.pid(), service.process().pid());
            assertTrue(service.isAlive());
            String text = said.toString(StandardCharsets.UTF_8);
            assertTrue(text.contains("a service has ended"), text);
            assertTrue(text.contains("    waiting"), text);
            assertTrue(text.contains("a service does not start again: the system has no processes left"), text);
            stopping.ask();
            supervisor.awaitQuiet();
        } finally {
            stopping.ask();
            service.close();
        }
    }

    /** Tells the test when its service runs again, after the failures. */
    private record Restarts(ServiceProcess service, Queue<RuntimeException> failures, CompletableFuture<Void> restarted)
            implements Supervised {
        @Override
        public String name() {
            return service.name();
        }

        @Override
        public ProcessHandle process() {
            return service.process();
        }

        @Override
        public Path log() {
            return service.log();
        }

        @Override
        public void restart() throws IOException {
            if (!failures.isEmpty()) {
                throw failures.remove();
            }
            service.restart();
            restarted.complete(null);
        }
    }

    @Test
    void reportsAServiceThatEndsBeforeItIsReady() throws Exception {
        ServiceProcess service = start(List.of("sh", "-c", "echo the cause; exit 3"), Map.of());
        var readiness = new Readiness();
        readiness.expect(service, nobody());

        StartException failure =
                assertThrows(StartException.class, () -> readiness.await(Duration.ofMinutes(1), stopping, progress));

        assertTrue(failure.getMessage().startsWith("a service has ended"), failure.getMessage());
        assertTrue(said.toString(StandardCharsets.UTF_8).contains("    the cause"));
    }

    @Test
    void waitsForReadinessWithinBounds() throws Exception {
        ServiceProcess service = start(FOREVER, Map.of());
        try {
            var readiness = new Readiness();
            readiness.expect(service, nobody());

            StartException failure =
                    assertThrows(StartException.class, () -> readiness.await(Duration.ZERO, stopping, progress));

            assertTrue(failure.getMessage().contains("is not ready"), failure.getMessage());
        } finally {
            service.close();
        }
    }

    @Test
    void stopsWaitingWhenTheStackStops() throws Exception {
        ServiceProcess service = start(FOREVER, Map.of());
        try {
            var readiness = new Readiness();
            readiness.expect(service, nobody());
            stopping.ask();

            readiness.await(Duration.ofMinutes(1), stopping, progress);

            assertTrue(service.isAlive());
        } finally {
            service.close();
        }
    }

    private static URI nobody() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return URI.create("http://127.0.0.1:%d/q/health/ready".formatted(socket.getLocalPort()));
        }
    }
}
