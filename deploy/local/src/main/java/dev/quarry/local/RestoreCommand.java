package dev.quarry.local;

import dev.quarry.schema.Backups;
import dev.quarry.schema.Backups.Description;
import dev.quarry.schema.CommandArguments;
import dev.quarry.schema.MigrationException;
import dev.quarry.schema.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The program of {@code ./quarry restore}: starts both stores on a new directory, restores a backup into them, and stops
 * them. {@code ./quarry up --data=DIR} then starts the stack on it, without loading the samples.
 *
 * <p>Exits with 0 if both stores are restored, with 1 and one sentence if they are not, and with 2 after wrong arguments. A
 * restore that fails deletes the data that it has made, and keeps its logs.
 */
public final class RestoreCommand {
    static final String USAGE = """
            usage: restore NAME --data=DIR --from=BACKUPS
              NAME             a backup; `./quarry backup list` lists them
              --data=DIR       a directory without data, for a new stack
              --from=BACKUPS   the directory of the backups (default: the one that `./quarry backup list` lists)
            """;

    private RestoreCommand() {}

    public static void main(String[] arguments) {
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.exit(run(List.of(arguments), System.out, System.err));
    }

    static int run(List<String> arguments, PrintStream out, PrintStream err) {
        try {
            CommandArguments.requireDecoded(arguments);
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
            err.print(USAGE);
            return 2;
        }
        String name = "";
        Path root = null;
        Path backups = null;
        for (String argument : arguments) {
            if (argument.startsWith("--data=")) {
                root = Path.of(argument.substring("--data=".length())).toAbsolutePath();
            } else if (argument.startsWith("--from=")) {
                backups = Path.of(argument.substring("--from=".length())).toAbsolutePath();
            } else if (name.isEmpty() && !argument.startsWith("-")) {
                name = argument;
            } else {
                err.printf("restore does not know the argument %s.%n", argument);
                err.print(USAGE);
                return 2;
            }
        }
        if (name.isEmpty() || root == null || backups == null) {
            err.print(USAGE);
            return 2;
        }
        try {
            Description restored = restore(name, root, backups);
            out.printf("Restored %s of %s into %s.%n", restored.name(), restored.created(), root);
            return 0;
        } catch (StartException | MigrationException | IOException | SQLException | UncheckedIOException failure) {
            err.println(failure.getMessage().replaceAll("\\s+", " "));
            return 1;
        }
    }

    private static Description restore(String name, Path root, Path backups)
            throws StartException, IOException, SQLException {
        // Before the stores are made, so that a second try may use the same directory.
        Backups.complete(backups, name);
        try (StackDirectory directory = StackDirectory.open(root)) {
            if (Files.exists(directory.data().resolve("postgres"))
                    || Files.exists(directory.data().resolve("clickhouse"))) {
                throw new StartException(
                        "The directory %s has data: choose another one with --data=DIR.".formatted(root));
            }
            Set<Path> others = filesIn(directory.data());
            try (LocalPostgres postgres =
                            LocalPostgres.start(directory.data(), freePort(), directory.log("postgresql"));
                    LocalEngine engine =
                            LocalEngine.start(directory.data(), backups, freePort(), directory.log("engine"))) {
                Description restored = Backups.in(backups, engine.address(), postgres.address())
                        .restore(name);
                Samples.leaveOut(postgres.address());
                return restored;
            } catch (StartException | IOException | SQLException | RuntimeException failure) {
                // Both stores have stopped. A second try may use the same directory.
                discard(directory.data(), others, failure);
                throw failure;
            }
        }
    }

    private static Set<Path> filesIn(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.collect(Collectors.toSet());
        }
    }

    /** Deletes all files of the directory but these. */
    private static void discard(Path directory, Set<Path> others, Exception failure) {
        try {
            for (Path made : filesIn(directory)) {
                if (!others.contains(made)) {
                    PrivateFiles.deleteTree(made);
                }
            }
        } catch (IOException remaining) {
            failure.addSuppressed(remaining);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
