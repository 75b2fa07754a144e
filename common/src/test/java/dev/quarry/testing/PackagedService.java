package dev.quarry.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The module's service as it was packaged, a jar or an executable, for a test that starts and stops the service itself.
 */
public final class PackagedService implements AutoCloseable {
    private static final Path TARGET = Path.of("target");
    /** The options of the containers, such as their garbage collector: with another, a small heap may not suffice. */
    private static final Path JVM_OPTIONS = Path.of("..", "deploy", "containers", "java.options");

    private static final Pattern LISTENING = Pattern.compile("Listening on: http://[^:]+:(\\d+)");

    private final Process process;
    private final BufferedReader log;

    private PackagedService(Process process) {
        this.process = process;
        this.log = process.inputReader();
    }

    /**
     * Starts the service on the stores of {@link Stores} and a free port. A jar runs with the JVM options of the
     * containers.
     *
     * @param options further arguments for both a JVM and an executable, such as {@code -Xmx64m} and {@code -Dname=value}
     */
    public static PackagedService start(String... options) throws IOException {
        Properties artifact = new Properties();
        try (InputStream in = Files.newInputStream(TARGET.resolve("quarkus-artifact.properties"))) {
            artifact.load(in);
        }
        String program = TARGET.resolve(artifact.getProperty("path")).toString();
        List<String> settings = new ArrayList<>();
        settings.add("-Dquarkus.http.port=0");
        for (Map.Entry<String, String> setting : new Stores().start().entrySet()) {
            settings.add("-D" + setting.getKey() + "=" + setting.getValue());
        }
        List<String> command = new ArrayList<>();
        if (artifact.getProperty("type").equals("native")) {
            command.add(program);
            command.addAll(List.of(options));
            command.addAll(settings);
        } else {
            command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
            command.add("@" + JVM_OPTIONS);
            command.addAll(List.of(options));
            command.addAll(settings);
            command.addAll(List.of("-jar", program));
        }
        return new PackagedService(
                new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Waits until the service listens, and returns its port. */
    public int awaitPort() throws IOException {
        StringBuilder read = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                return Integer.parseInt(listening.group(1));
            }
            read.append(line).append('\n');
        }
        throw new IllegalStateException("It did not start:\n" + read);
    }

    /** Stops the service as an orchestrator does. */
    public void terminate() {
        // Process.destroy() would also close the stream of the service's output.
        process.toHandle().destroy();
    }

    /**
     * Waits for the service to end, and returns its log since {@link #awaitPort}. Fails if the service takes longer.
     */
    public String awaitEnd(Duration patience) throws Exception {
        var rest = CompletableFuture.supplyAsync(
                () -> String.join("\n", log.lines().toList()));
        String logged = rest.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("It has not ended");
        }
        return logged;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
