package dev.quarry.local;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The launcher as a process of its own, started as {@code ./quarry up} starts it. */
final class LaunchedStack {

    private static final Path PROJECT = Path.of(System.getProperty("quarry.home"));
    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 10_000;

    private final Path directory;
    private final Map<Port, Integer> ports;
    private final Path output;
    private final Process process;

    private LaunchedStack(Path directory, Map<Port, Integer> ports, Map<String, String> settings, List<String> options)
            throws IOException {
        this.directory = directory;
        this.ports = ports;
        output = Files.createTempFile(directory.getParent(), "quarry-up-", ".out");
        var builder = new ProcessBuilder(command(directory, ports, options))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .redirectInput(Redirect.from(new File("/dev/null")));
        builder.environment().putAll(settings);
        process = builder.start();
    }

    private static List<String> command(Path directory, Map<Port, Integer> ports, List<String> options) {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dquarry.home=" + PROJECT,
                "-Dquarry.engine.home=" + System.getProperty("quarry.engine.home"),
                "-cp",
                System.getProperty("java.class.path"),
                LocalStack.class.getName(),
                "--data=" + directory));
        ports.forEach((port, number) -> command.add(port.option() + "=" + number));
        command.addAll(options);
        return command;
    }

    /**
     * Does not wait for anything.
     *
     * @param directory for the stack alone; what it prints goes to a file beside it
     */
    static LaunchedStack launch(Path directory, Map<Port, Integer> ports) throws IOException {
        return new LaunchedStack(directory, ports, Map.of(), List.of());
    }

    /** Returns when the newcomer can read how to call it. */
    static LaunchedStack start(Path directory, Map<Port, Integer> ports) throws IOException {
        return start(directory, ports, Map.of());
    }

    /** Also gives the launcher options, and the services settings as environment variables. */
    static LaunchedStack start(
            Path directory, Map<Port, Integer> ports, Map<String, String> settings, String... options)
            throws IOException {
        for (Service service : Service.values()) {
            assertTrue(
                    Files.exists(service.program(PROJECT)),
                    service.module() + " is not packaged: run ./quarry build first.");
        }
        var stack = new LaunchedStack(directory, ports, settings, List.of(options));
        try {
            await().atMost(TIMEOUT).until(() -> !stack.process.isAlive() || stack.hasSaidHowToCallIt());
            if (!stack.process.isAlive()) {
                fail("The stack has ended: " + stack.output());
            }
            return stack;
        } catch (RuntimeException | Error failure) {
            Processes.stop(stack.process.toHandle(), TIMEOUT);
            throw failure;
        }
    }

    /**
     * Below those that the system gives to outgoing connections: one of these would otherwise take the port of a part
     * that is being started again.
     */
    static Map<Port, Integer> freePorts() {
        PrimitiveIterator.OfInt numbers = new Random()
                .ints(FIRST_PORT, FIRST_PORT + PORTS)
                .distinct()
                .filter(LaunchedStack::isFree)
                .iterator();
        var ports = new EnumMap<Port, Integer>(Port.class);
        for (Port port : Port.values()) {
            ports.put(port, numbers.nextInt());
        }
        return ports;
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    /** The guide closes with a blank line, after a first question to each family. */
    private boolean hasSaidHowToCallIt() {
        return output().endsWith("\n\n")
                && Arrays.stream(Service.values())
                        .allMatch(service -> curls().stream()
                                .anyMatch(line -> line.contains(
                                        service.upstream(port(service.port())).prefix() + "/")));
    }

    String output() {
        try {
            return Files.readString(output);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    /** The lines to paste. */
    List<String> curls() {
        return output().lines().filter(line -> line.startsWith("curl ")).toList();
    }

    /** For {@code source}: the addresses and passwords of the stores. */
    Path storesFile() {
        return directory.resolve("stores.env");
    }

    Path keysFile() {
        return directory.resolve("keys.env");
    }

    /** What the keys file says, by name. */
    Map<String, String> keys() throws IOException {
        return Files.readAllLines(keysFile()).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(assignment -> assignment[0], assignment -> assignment[1]));
    }

    int port(Port port) {
        return ports.get(port);
    }

    /** @param path with the query */
    URI at(Port port, String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(port(port), path));
    }

    /** As the launcher's own register has it. */
    ProcessHandle engine() throws IOException {
        String line = Files.readAllLines(directory.resolve("processes")).stream()
                .filter(entry -> entry.endsWith(" ClickHouse engine"))
                .findFirst()
                .orElseThrow();
        return ProcessHandle.of(Long.parseLong(line.substring(0, line.indexOf(' '))))
                .orElseThrow();
    }

    /** All that runs for the stack; PostgreSQL's server is nobody's child. */
    List<ProcessHandle> processes() throws IOException {
        ProcessHandle launcher = process.toHandle();
        long postmaster = Long.parseLong(Files.readAllLines(directory.resolve("data/postgres/postmaster.pid"))
                .getFirst()
                .strip());
        ProcessHandle postgres = ProcessHandle.of(postmaster).orElseThrow();
        return Stream.of(Stream.of(launcher, postgres), launcher.descendants(), postgres.descendants())
                .flatMap(stream -> stream)
                .filter(Processes::isRunning)
                .distinct()
                .toList();
    }

    /** Sends SIGTERM and returns the exit status. */
    int stop() {
        process.destroy();
        return awaitExit();
    }

    int awaitExit() {
        await().atMost(TIMEOUT).until(() -> !process.isAlive());
        return process.exitValue();
    }
}
