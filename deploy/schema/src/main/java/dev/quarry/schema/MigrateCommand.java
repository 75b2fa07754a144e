package dev.quarry.schema;

import dev.quarry.schema.MigrationReport.Applied;
import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The program that brings both stores to the newest schema. It exits with 0 if they are up to date, and with 1 and one
 * sentence if it failed. {@link MigratorSettings#from} reads its environment variables.
 */
public final class MigrateCommand {
    private MigrateCommand() {}

    public static void main(String[] arguments) {
        // Flyway and the ClickHouse client log every step; the report below is enough.
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.exit(run(System.getenv(), System.out, System.err));
    }

    static int run(Map<String, String> environment, PrintStream out, PrintStream err) {
        try {
            MigrationReport report = Migrator.migrate(MigratorSettings.from(environment));
            report.applied().forEach(applied -> out.println(line(applied)));
            if (report.applied().isEmpty()) {
                out.println("Nothing to apply: both stores are up to date.");
            }
            return 0;
        } catch (MigrationException failure) {
            err.println(failure.getMessage().replaceAll("\\s+", " "));
            return 1;
        }
    }

    private static String line(Applied applied) {
        return "%s %s (%d ms)"
                .formatted(
                        applied.store().name().toLowerCase(Locale.ROOT),
                        applied.script(),
                        applied.took().toMillis());
    }
}
