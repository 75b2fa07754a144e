package dev.quarry.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The engine's configuration of a cluster in which each shard is the engine itself. */
final class ClusterFile {
    /** The engine does not listen on this port, but it considers addresses with this port its own. */
    private static final int OWN_PORT = 9000;

    private ClusterFile() {}

    /** {@return the file, in the engine's directory} */
    static Path write(Path directory, String name, int shards) {
        if (!name.matches("[A-Za-z_][A-Za-z0-9_-]*")) {
            throw new IllegalArgumentException("a cluster's name consists of letters, digits, underscores and hyphens");
        }
        String shard = """
                <shard>
                  <internal_replication>true</internal_replication>
                  <replica><host>localhost</host><port>%d</port></replica>
                </shard>
                """.formatted(OWN_PORT);
        try {
            Files.createDirectories(directory);
            return Files.writeString(directory.resolve("cluster.xml").toAbsolutePath(), """
                    <clickhouse>
                    <logger><level>none</level></logger>
                    <tcp_port>%1$d</tcp_port>
                    <macros><cluster>%2$s</cluster><shard>1</shard><replica>1</replica></macros>
                    <remote_servers>
                    <%2$s>
                    %3$s</%2$s>
                    </remote_servers>
                    </clickhouse>
                    """.formatted(
                            OWN_PORT, name, shard.repeat(shards)));
        } catch (IOException failure) {
            throw new UncheckedIOException("the data directory " + directory + " cannot be used", failure);
        }
    }
}
