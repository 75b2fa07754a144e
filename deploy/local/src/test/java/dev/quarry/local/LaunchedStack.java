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
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PrimitiveIterator;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The launcher as a process of its own, started as {@code ./quarry up} starts it. */
final class LaunchedStack {

    private static final Path PROJECT = Path.of(System.getProperty("quarry.home"));
    private static final Duration TIMEOUT = Duration.ofMinutes(4);
    static final int ENGINE_DISK_MEBIBYTES = 256;
    private static final String ENGINE_DATA = "data/clickhouse";
    /** Runs a script that may mount. */
    private static final List<String> UNSHARE = List.of("unshare", "--user", "--map-root-user", "--mount", "sh", "-c");

    private static final Duration ANSWER = Duration.ofMinutes(2);
    private static final Pattern CURL = Pattern.compile("curl -sS -H '([^:]+): ([^']+)' '([^']+)'");
    private static final int FIRST_PORT = 20_000;
    private static final int PORTS = 10_000;

    private final Path directory;
    private final Map<Port, Integer> ports;
    private final Path output;
    private final Process process;

    private LaunchedStack(Path directory, Map<Port, Integer> ports, Map<String, String> settings, List<String> command)
            throws IOException {
        this.directory = directory;
        this.ports = ports;
        output = Files.createTempFile(directory.getParent(), "quarry-up-", ".out");
        var builder = new ProcessBuilder(command)
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
        return new LaunchedStack(directory, ports, Map.of(), command(directory, ports, List.of()));
    }

    /** Returns when the newcomer can read how to call it. */
    static LaunchedStack start(Path directory, Map<Port, Integer> ports) throws IOException {
        return start(directory, ports, Map.of());
    }

    /** Also gives the launcher options, and the services settings as environment variables. */
    static LaunchedStack start(
            Path directory, Map<Port, Integer> ports, Map<String, String> settings, String... options)
            throws IOException {
        return start(directory, ports, settings, command(directory, ports, List.of(options)));
    }

    /** Gives the engine a small disk in memory, if {@link #canMount}. */
    static LaunchedStack startOnSmallDisk(Path directory, Map<Port, Integer> ports, Map<String, String> settings)
            throws IOException {
        List<String> command = new ArrayList<>();
        if (canMount()) {
            Path disk = Files.createDirectories(directory.resolve(ENGINE_DATA));
            command.addAll(UNSHARE);
            command.addAll(List.of(
                    "mount -t tmpfs -o size=%dm tmpfs \"$0\" && exec \"$@\"".formatted(ENGINE_DISK_MEBIBYTES),
                    disk.toString()));
        }
        command.addAll(command(directory, ports, List.of()));
        return start(directory, ports, settings, command);
    }

    /** Whether the system lets this user mount a disk in memory, for the user's own processes. */
    static boolean canMount() throws IOException {
        List<String> command = new ArrayList<>(UNSHARE);
        command.add("mount -t tmpfs tmpfs /tmp");
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static LaunchedStack start(
            Path directory, Map<Port, Integer> ports, Map<String, String> settings, List<String> command)
            throws IOException {
        for (Service service : Service.values()) {
            assertTrue(
                    Files.exists(service.program(PROJECT)),
                    service.module() + " is not packaged: run ./quarry build first.");
        }
        var stack = new LaunchedStack(directory, ports, settings, command);
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
        return assignments(keysFile());
    }

    /** What the file of the stores says, by name. */
    Map<String, String> stores() throws IOException {
        return assignments(storesFile());
    }

    private static Map<String, String> assignments(Path file) throws IOException {
        return Files.readAllLines(file).stream()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(
                        assignment -> assignment[0], assignment -> assignment[1].replaceAll("^'|'$", "")));
    }

    int port(Port port) {
        return ports.get(port);
    }

    /** @param path with the query */
    URI at(Port port, String path) {
        return URI.create("http://127.0.0.1:%d%s".formatted(port(port), path));
    }

    /** The question that the guide shows for the family. */
    HttpRequest firstQuestion(Service service) {
        String prefix = service.upstream(port(service.port())).prefix() + "/";
        Matcher line = curls().stream()
                .map(CURL::matcher)
                .filter(curl -> curl.matches() && curl.group(3).contains(prefix))
                .findFirst()
                .orElseThrow();
        return HttpRequest.newBuilder(URI.create(line.group(3)))
                .header(line.group(1), line.group(2))
                .timeout(ANSWER)
                .build();
    }

    /** The process of a part, from the launcher's register; empty while the launcher writes it. */
    Optional<ProcessHandle> process(String part) throws IOException {
        return Files.readAllLines(directory.resolve("processes")).stream()
                .filter(entry -> entry.endsWith(" " + part))
                .findFirst()
                .flatMap(entry -> ProcessHandle.of(Long.parseLong(entry.substring(0, entry.indexOf(' ')))));
    }

    /** A file on the engine's disk, which only the stack's processes have mounted. */
    Path engineFile(String name) {
        return Path.of("/proc/%d/root%s"
                .formatted(process.pid(), directory.resolve(ENGINE_DATA).resolve(name)));
    }

    /** PostgreSQL's first process; empty if there is none. */
    Optional<ProcessHandle> postgres() throws IOException {
        Path file = directory.resolve("data/postgres/postmaster.pid");
        return Files.exists(file)
                ? Files.readAllLines(file).stream()
                        .findFirst()
                        .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())))
                : Optional.empty();
    }

    /** All that runs for the stack; PostgreSQL's server is nobody's child. */
    List<ProcessHandle> processes() throws IOException {
        ProcessHandle launcher = process.toHandle();
        ProcessHandle postgres = postgres().orElseThrow();
        return Stream.of(Stream.of(launcher, postgres), launcher.descendants(), postgres.descendants())
                .flatMap(stream -> stream)
                .filter(Processes::isRunning)
                .distinct()
                .toList();
    }

    /** Ends the launcher without notice; PostgreSQL and the services run on. */
    void kill() {
        process.destroyForcibly();
        awaitExit();
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
