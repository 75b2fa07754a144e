package dev.quarry.bench;

import dev.quarry.bench.Contender.Sample;
import java.io.File;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Compares requests through the gateway of deployments with requests to the service itself. */
final class GatewayShare implements Part {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{(QUARRY_[A-Z_]+)}");
    private static final List<String> RATES = List.of(
            "QUARRY_GATEWAY_RATE",
            "QUARRY_GATEWAY_BURST",
            "QUARRY_GATEWAY_ADDRESS_RATE",
            "QUARRY_GATEWAY_ADDRESS_BURST");

    private final MetricsBench bench = new MetricsBench();

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public String title() {
        return "The gateway's share";
    }

    @Override
    public String text() {
        return """
            The same question to the service, and through nginx with the configuration of deployments on the same machine, \
            with limits too high to matter.\
            """;
    }

    @Override
    public String chart() {
        return "gateway minus direct, p50";
    }

    @Override
    public List<Figure> measure(Options options) throws Exception {
        List<Figure> figures = new ArrayList<>();
        String question = bench.questions().typical();
        try (Stage stage = Stage.filled(options.root(), bench)) {
            for (boolean cached : new boolean[] {false, true}) {
                Packaging jar = Packaging.jar(options.root(), bench.service());
                ServiceProcess service = stage.startBeside(jar, cached, Map.of());
                int port = ServiceProcess.freePort();
                Path directory = Files.createTempDirectory("quarry-bench-gateway");
                Process nginx = start(options.root(), directory, port, service);
                try {
                    List<Contender> contenders = List.of(
                            Contender.of("direct", service, question),
                            new Contender(
                                    "gateway",
                                    List.of(Load.Request.get(
                                            URI.create("http://127.0.0.1:" + port + question), Stage.headers())),
                                    OptionalLong.empty()));
                    Rounds.warmUp(contenders, options, 6);
                    for (int clients : new int[] {1, 8}) {
                        String subject = "%s answer, clients: %d".formatted(cached ? "remembered" : "first", clients);
                        figures.addAll(figures(subject, Rounds.measure(stage, contenders, clients, options)));
                    }
                } finally {
                    nginx.destroy();
                    nginx.onExit().join();
                    Stage.delete(directory);
                }
            }
        }
        return figures;
    }

    private static List<Figure> figures(String subject, Rounds rounds) {
        return List.of(
                Figure.of(subject, "direct, p50", "ms", rounds.of("direct", Sample::median)),
                Figure.of(subject, "gateway, p50", "ms", rounds.of("gateway", Sample::median)),
                Figure.of(subject, "gateway, p99", "ms", rounds.of("gateway", Sample::percentile99)),
                Figure.of(
                        subject,
                        "gateway minus direct, p50",
                        "ms",
                        rounds.difference("gateway", "direct", Sample::median)),
                Figure.of(subject, "direct", "a second", rounds.of("direct", Sample::rate)),
                Figure.of(subject, "gateway", "a second", rounds.of("gateway", Sample::rate)),
                Figure.of(subject, "gateway / direct", "", rounds.ratio("gateway", "direct", Sample::rate)));
    }

    /** Starts nginx, and waits until it listens. */
    private static Process start(Path root, Path directory, int port, ServiceProcess service) throws Exception {
        Map<String, String> settings = new HashMap<>();
        for (String line : Files.readAllLines(root.resolve("deploy/gateway/settings.env"))) {
            if (line.startsWith("QUARRY_")) {
                settings.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
            }
        }
        RATES.forEach(rate -> settings.put(rate, "1000000"));
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
        return nginx;
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
