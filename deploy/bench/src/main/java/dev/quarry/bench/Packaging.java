package dev.quarry.bench;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A packaged form of a service.
 *
 * @param name for a report
 * @param files needed to start it
 * @param command starts it
 */
record Packaging(String name, List<Path> files, List<String> command) {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final String JAR = "quarkus-run.jar";
    private static final String OPTIONS = "deploy/containers/java.options";

    Packaging {
        files = List.copyOf(files);
        command = List.copyOf(command);
    }

    /** The jar as Maven packages it, on a JVM with no options. */
    static Packaging jar(Path root, String service) {
        Path directory = root.resolve(service).resolve("target/quarkus-app");
        return new Packaging(
                "jar",
                List.of(directory),
                List.of(JAVA, "-jar", directory.resolve(JAR).toString()));
    }

    /** The Quarkus application without any logic that answers are compared with. */
    static Packaging bare(Path root) {
        return jar(root, "deploy/bench/bare");
    }

    /** The jar as Maven packages it, with the image's options. */
    static Packaging jarInContainer(Path root, String service) {
        Path directory = root.resolve(service).resolve("target/quarkus-app");
        return new Packaging(
                "jar",
                List.of(directory),
                List.of(
                        JAVA,
                        "@" + root.resolve(OPTIONS),
                        "-jar",
                        directory.resolve(JAR).toString()));
    }

    /**
     * The jar with an AOT cache as in the image. The image's script creates the cache.
     * Empty if no jar was packaged for it.
     */
    static Optional<Packaging> aotJar(Path root, String service) throws IOException, InterruptedException {
        Path directory = root.resolve(service).resolve("target/aot");
        if (!Files.exists(directory.resolve(JAR))) {
            return Optional.empty();
        }
        Files.copy(root.resolve(OPTIONS), directory.resolve("java.options"), StandardCopyOption.REPLACE_EXISTING);
        train(root, directory);
        Path cache = directory.resolve("app.aot");
        return Optional.of(new Packaging(
                "AOT jar",
                List.of(directory),
                List.of(
                        JAVA,
                        "@" + directory.resolve("java.options"),
                        "-XX:AOTCache=" + cache,
                        // If the cache does not fit, the start must fail: otherwise the JVM ignores the cache.
                        "-XX:AOTMode=on",
                        "-jar",
                        directory.resolve(JAR).toString())));
    }

    /** The executable; empty if none was compiled. */
    static Optional<Packaging> executable(Path root, String service) throws IOException {
        try (Stream<Path> made = Files.list(root.resolve(service).resolve("target"))) {
            return made.filter(file -> file.toString().endsWith("-runner"))
                    .findFirst()
                    .map(file -> new Packaging("executable", List.of(file), List.of(file.toString())));
        }
    }

    /** The jar and, if it was compiled, the executable. */
    static List<Packaging> forLoad(Path root, String service) throws IOException {
        List<Packaging> packagings = new ArrayList<>(List.of(jar(root, service)));
        executable(root, service).ifPresent(packagings::add);
        return packagings;
    }

    /** Bytes of all its files, without a JVM. */
    long size() throws IOException {
        long size = 0;
        for (Path file : files) {
            try (Stream<Path> all = Files.walk(file)) {
                for (Path each : all.filter(Files::isRegularFile).toList()) {
                    size += Files.size(each);
                }
            }
        }
        return size;
    }

    private static void train(Path root, Path directory) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash"));
        command.add(root.resolve("deploy/containers/train").toString());
        command.add(directory.toString());
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        Path java = Path.of(JAVA).getParent();
        builder.environment().merge("PATH", java.toString(), (path, ours) -> ours + File.pathSeparator + path);
        builder.environment().put("QUARKUS_HTTP_PORT", Integer.toString(ServiceProcess.freePort()));
        Process training = builder.start();
        String said = new String(training.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (training.waitFor() != 0) {
            throw new IllegalStateException("The JVM made no AOT cache:\n" + said);
        }
    }
}
