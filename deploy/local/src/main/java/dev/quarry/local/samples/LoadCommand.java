package dev.quarry.local.samples;

import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.CommandArguments;
import dev.quarry.schema.MigrationException;
import dev.quarry.schema.PostgresAddress;
import dev.quarry.schema.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The program of {@code ./quarry load}: loads a recording of a known kind, or rows of a bronze table. It exits with 0
 * if all rows are loaded, with 1 and one sentence if loading failed, with 2 after wrong arguments, and with 3 if the
 * table refused some rows and the others are loaded. It reads the migrator's environment variables.
 */
public final class LoadCommand {
    private static final int ROWS_REFUSED = 3;

    private LoadCommand() {}

    public static void main(String[] arguments) {
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.exit(run(List.of(arguments), System.getenv(), System.in, System.out, System.err));
    }

    static int run(
            List<String> arguments, Map<String, String> environment, InputStream in, PrintStream out, PrintStream err) {
        try {
            CommandArguments.requireDecoded(arguments);
            if (arguments.stream().anyMatch(argument -> argument.startsWith(TableRequest.TABLE))) {
                return loadTable(TableRequest.parse(arguments), environment, in, out, err);
            }
            Request request = Request.parse(arguments);
            SampleLoader loader =
                    new SampleLoader(ClickHouseAddress.from(environment), PostgresAddress.from(environment));
            try (InputStream file = request.open(in)) {
                out.print(loader.load(request.kind(), file, request.target()).describe());
            }
            return 0;
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
            err.print(usage());
            return 2;
        } catch (SampleException | MigrationException failure) {
            err.println(failure.getMessage().replaceAll("\\s+", " "));
            return 1;
        } catch (NoSuchFileException missing) {
            err.println("There is no file " + missing.getFile() + ".");
            return 1;
        } catch (IOException failure) {
            err.println("The file cannot be read: " + failure.getMessage());
            return 1;
        }
    }

    private static int loadTable(
            TableRequest request, Map<String, String> environment, InputStream in, PrintStream out, PrintStream err)
            throws IOException {
        ClickHouseAddress clickHouse = ClickHouseAddress.from(environment);
        boolean standardInput = request.file.equals("-");
        Path path = Path.of(request.file);
        long size = standardInput ? 0 : Files.size(path);
        Path refused = Path.of((standardInput ? "standard-input" : request.file) + ".refused.jsonl");
        try (InputStream file = standardInput ? in : Files.newInputStream(path)) {
            TableLoad.Outcome outcome = TableLoad.run(clickHouse, request.table, file, size, refused, err);
            out.println("%,d rows are in %s".formatted(outcome.taken(), request.table));
            if (outcome.refused() == 0) {
                return 0;
            }
            out.println("%,d rows were refused: %s says which and why".formatted(outcome.refused(), refused));
            return ROWS_REFUSED;
        }
    }

    private static String usage() {
        return """
                usage: load --table=TABLE <file|->
                         rows of a bronze table: one JSON object a line, or CSV with a header
                       load <kind> <file|-> --organization=ID [--app=ID] [--shift-days=N]
                         a recording; kind is one of %s
                A file is plain or gzip, of any size; - reads standard input. A row that is loaded twice counts once.
                Rows that a table refuses go to <file>.refused.jsonl, each with its line and the reason; all others are
                loaded. With ./quarry, --data=DIR selects the stack that was started with it.
                """.formatted(SampleKind.commandNames());
    }

    private record TableRequest(String table, String file) {
        static final String TABLE = "--table=";

        static TableRequest parse(List<String> arguments) {
            List<String> files = new ArrayList<>();
            String table = "";
            for (String argument : arguments) {
                if (argument.startsWith(TABLE)) {
                    table = argument.substring(TABLE.length());
                } else if (argument.startsWith("--")) {
                    throw new UsageException("There is no option %s with --table.".formatted(argument));
                } else {
                    files.add(argument);
                }
            }
            if (table.isEmpty() || files.size() != 1) {
                throw new UsageException("A table and a file are needed.");
            }
            return new TableRequest(table, files.getFirst());
        }
    }

    private record Request(SampleKind kind, String file, LoadTarget target) {
        static Request parse(List<String> arguments) {
            List<String> positional = new ArrayList<>();
            Optional<String> organization = Optional.empty();
            Optional<String> app = Optional.empty();
            int shiftDays = 0;
            for (String argument : arguments) {
                String value = argument.substring(argument.indexOf('=') + 1);
                if (argument.startsWith("--organization=")) {
                    organization = Optional.of(value);
                } else if (argument.startsWith("--app=")) {
                    app = Optional.of(value);
                } else if (argument.startsWith("--shift-days=")) {
                    shiftDays = days(value);
                } else if (argument.startsWith("--")) {
                    throw new UsageException("There is no option %s.".formatted(argument));
                } else {
                    positional.add(argument);
                }
            }
            if (positional.size() != 2) {
                throw new UsageException("A kind and a file are needed.");
            }
            String organizationId =
                    organization.orElseThrow(() -> new UsageException("--organization=ID is required."));
            return new Request(
                    SampleKind.named(positional.get(0)),
                    positional.get(1),
                    new LoadTarget(organizationId, app, shiftDays));
        }

        InputStream open(InputStream in) throws IOException {
            return file.equals("-") ? in : Files.newInputStream(Path.of(file));
        }

        private static int days(String value) {
            try {
                return Integer.parseInt(value);
            } catch (NumberFormatException notANumber) {
                throw new UsageException("--shift-days must be a whole number, but is \"%s\".".formatted(value));
            }
        }
    }
}
