package dev.quarry.local.gateway;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.json.JsonObject;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The gateway that deployments run: this machine's nginx with the configuration of {@code deploy/gateway}. */
public final class Nginx implements AutoCloseable {

    private static final Path CONFIGURATION = Path.of(System.getProperty("quarry.home"), "deploy/gateway");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(QUARRY_[A-Z_]+)}");
    private static final List<String> PAGE_FILES = List.of(
            "index.html",
            "docs.html",
            "try.html",
            "openapi.json",
            "app.js",
            "style.css",
            "try.js",
            "swagger-ui-bundle.js",
            "swagger-ui.css");
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Duration OFTEN = Duration.ofMillis(5);

    private final Process process;
    private final Path directory;
    private final int port;
    private final int healthPort;

    private Nginx(Process process, Path directory, int port, int healthPort) {
        this.process = process;
        this.directory = directory;
        this.port = port;
        this.healthPort = healthPort;
    }

    /** Skips the test on a machine without nginx, but never where the build is judged. */
    public static void require() {
        assertFalse(
                program().isEmpty() && System.getenv("CI") != null,
                "There is no nginx on the PATH: the gateway cannot be tested.");
        assumeTrue(program().isPresent(), "There is no nginx on the PATH.");
    }

    /**
     * Returns when it answers.
     *
     * @param directory for it alone
     * @param settings in place of those in {@code settings.env}; it listens on free ports of its own
     */
    public static Nginx start(Path directory, Map<String, String> settings) throws IOException {
        List<Integer> ports = Wire.twoClosedPorts();
        int port = ports.getFirst();
        int healthPort = ports.getLast();
        Map<String, String> all = defaults();
        all.putAll(settings);
        all.put("QUARRY_GATEWAY_PORT", "127.0.0.1:" + port);
        all.put("QUARRY_GATEWAY_HEALTH_PORT", "127.0.0.1:" + healthPort);
        String template = Files.readString(CONFIGURATION.resolve("nginx.conf.template"));
        Files.writeString(
                directory.resolve("nginx.conf"),
                VARIABLE.matcher(template).replaceAll(variable -> value(variable, all)));
        Process process = new ProcessBuilder(
                        program().orElseThrow().toString(),
                        "-p",
                        directory.toString(),
                        "-c",
                        "nginx.conf",
                        "-e",
                        "stderr",
                        // Started by root, its workers would otherwise be someone who may not enter the directory.
                        "-g",
                        "daemon off;" + (isRoot() ? " user root;" : ""))
                .redirectInput(new File("/dev/null"))
                .redirectOutput(directory.resolve("access.log").toFile())
                .redirectError(directory.resolve("error.log").toFile())
                .start();
        var nginx = new Nginx(process, directory, port, healthPort);
        try {
            await().atMost(TIMEOUT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(OFTEN)
                    .until(() -> !process.isAlive() || nginx.isUp());
            assertTrue(process.isAlive(), nginx::errors);
            return nginx;
        } catch (RuntimeException | Error failure) {
            failure.addSuppressed(new AssertionError(nginx.errors()));
            nginx.close();
            throw failure;
        }
    }

    /** Makes the folder for {@code QUARRY_GATEWAY_PAGE} that the image quarry/gateway has. */
    public static Path page(Path folder) throws IOException {
        Files.createDirectory(folder);
        Files.copy(CONFIGURATION.resolve("page.conf"), folder.resolve("page.conf"));
        for (String file : PAGE_FILES) {
            try (InputStream content = Nginx.class.getResourceAsStream("/page/" + file)) {
                Files.copy(content, folder.resolve(file));
            }
        }
        return folder;
    }

    private static String value(MatchResult variable, Map<String, String> settings) {
        String value = settings.get(variable.group(1));
        if (value == null) {
            throw new AssertionError("settings.env does not say " + variable.group(1));
        }
        return value;
    }

    /** {@return what {@code settings.env} says} */
    static Map<String, String> defaults() throws IOException {
        return Files.readAllLines(CONFIGURATION.resolve("settings.env")).stream()
                .filter(line -> line.startsWith("QUARRY_"))
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(
                        setting -> setting[0], setting -> setting[1], (first, second) -> second, TreeMap::new));
    }

    /** Where Debian installs it is not on everyone's PATH. */
    private static Optional<Path> program() {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(folder -> Path.of(folder, "nginx"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    private boolean isUp() {
        try (InputStream answer = URI.create("http://127.0.0.1:%d/healthz".formatted(healthPort))
                .toURL()
                .openStream()) {
            return new String(answer.readAllBytes(), StandardCharsets.UTF_8).equals("{\"status\":\"UP\"}");
        } catch (IOException notYet) {
            return false;
        }
    }

    public int port() {
        return port;
    }

    /** What it has logged of requests so far. A request's line may come after its answer. */
    List<JsonObject> accesses() throws IOException {
        return Files.readAllLines(directory.resolve("access.log")).stream()
                .map(JsonObject::new)
                .toList();
    }

    /** Everything that it has written anywhere. */
    String traces() throws IOException {
        return Files.readString(directory.resolve("access.log")) + errors();
    }

    String errors() {
        try {
            return Files.readString(directory.resolve("error.log"));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    @Override
    public void close() {
        process.destroy();
        await().atMost(TIMEOUT).pollDelay(Duration.ZERO).pollInterval(OFTEN).until(() -> !process.isAlive());
    }
}
