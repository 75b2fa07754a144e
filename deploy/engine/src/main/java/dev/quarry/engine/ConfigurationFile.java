package dev.quarry.engine;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;

/** The engine's configuration, for what is not a setting: a cluster, users, and a directory of backups. */
final class ConfigurationFile {
    /** The engine does not listen on this port, but it considers addresses with this port its own. */
    private static final int OWN_PORT = 9000;

    private ConfigurationFile() {}

    /** {@return the file, in the engine's directory; empty if the options need none} */
    static Optional<Path> write(EngineOptions options) {
        StringBuilder content = new StringBuilder();
        options.cluster().ifPresent(name -> content.append(cluster(name, options.shards())));
        options.usersConfig().ifPresent(file -> content.append(element("users_config", file)));
        options.backups()
                .ifPresent(directory -> content.append("<backups>")
                        .append(element("allowed_path", directory))
                        .append("</backups>\n"));
        if (content.isEmpty()) {
            return Optional.empty();
        }
        try {
            Files.createDirectories(options.path());
            return Optional.of(
                    Files.writeString(options.path().resolve("engine.xml").toAbsolutePath(), """
                    <clickhouse>
                    <logger><level>none</level></logger>
                    %s</clickhouse>
                    """.formatted(content)));
        } catch (IOException failure) {
            throw new UncheckedIOException("the data directory " + options.path() + " cannot be used", failure);
        }
    }

    /**
     * A cluster in which each shard is the engine itself; and, if it has several, a cluster of each shard alone:
     * {@code NAME_1}, {@code NAME_2} and so on.
     */
    private static String cluster(String name, int shards) {
        if (!name.matches("[A-Za-z_][A-Za-z0-9_-]*")) {
            throw new IllegalArgumentException("a cluster's name consists of letters, digits, underscores and hyphens");
        }
        String shard = """
                <shard>
                  <internal_replication>true</internal_replication>
                  <replica><host>localhost</host><port>%d</port></replica>
                </shard>
                """.formatted(OWN_PORT);
        String clusters = IntStream.rangeClosed(1, shards > 1 ? shards : 0)
                .mapToObj(number -> element(name + "_" + number, shard))
                .collect(joining("", element(name, shard.repeat(shards)), ""));
        return """
                <tcp_port>%d</tcp_port>
                <macros><cluster>%s</cluster><shard>1</shard><replica>1</replica></macros>
                <remote_servers>
                %s</remote_servers>
                """.formatted(OWN_PORT, name, clusters);
    }

    private static String element(String name, Path file) {
        String path = file.toAbsolutePath().normalize().toString();
        return element(name, path.replace("&", "&amp;").replace("<", "&lt;"));
    }

    private static String element(String name, String content) {
        return "<%1$s>%2$s</%1$s>\n".formatted(name, content);
    }
}
