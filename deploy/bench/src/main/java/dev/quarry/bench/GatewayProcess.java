package dev.quarry.bench;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** nginx with the configuration of deployments, in front of one service, with limits too high to matter. */
final class GatewayProcess implements AutoCloseable {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(QUARRY_[A-Z_]+)}");
    private static final List<String> RATES = List.of(
            "QUARRY_GATEWAY_RATE",
            "QUARRY_GATEWAY_BURST",
            "QUARRY_GATEWAY_ADDRESS_RATE",
            "QUARRY_GATEWAY_ADDRESS_BURST");

    private final Process nginx;
    private final int port;
    private final Path directory;

    private GatewayProcess(Process nginx, int port, Path directory) {
        this.nginx = nginx;
        this.port = port;
        this.directory = directory;
    }

    /** Starts nginx on a free port, and waits until it listens. */
    static GatewayProcess before(Path root, ServiceProcess service) throws Exception {
        int port = ServiceProcess.freePort();
        Path directory = Files.createTempDirectory("quarry-bench-gateway");
        Map<String, String> settings = new HashMap<>();
        for (String line : Files.readAllLines(root.resolve("deploy/gateway/settings.env"))) {
            if (line.startsWith("QUARRY_")) {
                settings.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
            }
        }
        RATES.forEach(rate -> settings.put(rate, "1000000"));
        // nginx takes no larger number.
        settings.put("QUARRY_GATEWAY_CONNECTIONS", "65535");
        settings.replaceAll(
                (name, value) -> name.endsWith("_UPSTREAM") ? service.url("").getAuthority() : value);
        settings.put("QUARRY_GATEWAY_PORT", "127.0.0.1:" + port);
        settings.put("QUARRY_GATEWAY_HEALTH_PORT", "127.0.0.1:" + ServiceProcess.freePort());
        String template = Files.readString(root.resolve("deploy/gateway/nginx.conf.template"));
        Files.writeString(
                directory.resolve("nginx.conf"),
                VARIABLE.matcher(template).replaceAll(variable -> settings.get(variable.group(1))));
        boolean isRoot = System.getProperty("user.name").equals("root");
        Process nginx = new ProcessBuilder(
                        program().toString(),
                        "-p",
                        directory.toString(),
                        "-c",
                        "nginx.conf",
                        "-e",
                        "stderr",
                        "-g",
                        // Otherwise the workers of root's nginx are a user who may not enter the directory.
                        "daemon off;" + (isRoot ? " user root;" : ""))
                .redirectOutput(directory.resolve("access.log").toFile())
                .redirectError(directory.resolve("error.log").toFile())
                .start();
        while (!ServiceProcess.listens(port)) {
            if (!nginx.isAlive()) {
                throw new IllegalStateException(Files.readString(directory.resolve("error.log")));
            }
            Thread.sleep(10);
        }
        return new GatewayProcess(nginx, port, directory);
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    @Override
    public void close() throws IOException {
        nginx.destroy();
        nginx.onExit().join();
        Stage.delete(directory);
    }

    /** Debian installs nginx in a directory that is not on everyone's PATH. */
    private static Path program() {
        return Stream.concat(
                        Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                        Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(directory -> Path.of(directory, "nginx"))
                .filter(Files::isExecutable)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("There is no nginx on the PATH"));
    }
}
