package dev.quarry.schema;

import dev.quarry.schema.Backups.Description;
import java.io.PrintStream;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * The program of {@code ./quarry backup} and {@code ./quarry restore}. It exits with 0 after a complete backup, with 1 and
 * one sentence if it failed, and with 2 after wrong arguments. {@link Backups#from} reads its environment variables.
 */
public final class BackupCommand {
    static final String USAGE = """
            usage: backup [--full | --full-after=N] [--name=NAME] [--keep=N]   back up ClickHouse and PostgreSQL
                   backup list               list the complete backups
                   backup expired --keep=N   list the backups that --keep=N deletes
                   backup delete --keep=N    delete them, without making a backup
                   restore NAME              restore both into empty databases; then run the migrator

              --full             copy all of ClickHouse; without it, only what is not in the newest backup
              --full-after=N     copy all of ClickHouse after N backups that build on each other
              --name=NAME        default: the time, as 2026-11-28T03-00-00Z
              --keep=N           afterwards delete all but the newest N full backups and those that build on them
            """;

    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss'Z'").withZone(ZoneOffset.UTC);

    private static final Pattern KEEP = Pattern.compile("--keep=([1-9][0-9]{0,3})");

    private BackupCommand() {}

    public static void main(String[] arguments) {
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.exit(run(List.of(arguments), System.getenv(), Clock.systemUTC(), System.out, System.err));
    }

    static int run(
            List<String> arguments, Map<String, String> environment, Clock clock, PrintStream out, PrintStream err) {
        try {
            CommandArguments.requireDecoded(arguments);
            if (arguments.size() == 2 && arguments.getFirst().equals("restore")) {
                Description restored = Backups.from(environment).restore(arguments.getLast());
                out.printf("Restored %s of %s. Run the migrator next.%n", restored.name(), restored.created());
                return 0;
            }
            if (arguments.equals(List.of("backup", "list"))) {
                Backups.list(environment).forEach(backup -> out.println(line(backup)));
                return 0;
            }
            if (arguments.size() == 3
                    && arguments.getFirst().equals("backup")
                    && List.of("expired", "delete").contains(arguments.get(1))
                    && KEEP.matcher(arguments.getLast()).matches()) {
                Backups backups = Backups.from(environment);
                int keep = keep(arguments.getLast());
                if (arguments.get(1).equals("expired")) {
                    backups.expired(keep).forEach(backup -> out.println(backup.name()));
                } else {
                    deleteExpired(backups, keep, out);
                }
                return 0;
            }
            if (!arguments.isEmpty() && arguments.getFirst().equals("backup")) {
                return create(arguments.subList(1, arguments.size()), environment, clock, out, err);
            }
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
        } catch (MigrationException failure) {
            err.println(failure.getMessage().replaceAll("\\s+", " "));
            return 1;
        }
        err.print(USAGE);
        return 2;
    }

    private static int create(
            List<String> options, Map<String, String> environment, Clock clock, PrintStream out, PrintStream err) {
        String name = NAME.format(clock.instant());
        int fullAfter = Integer.MAX_VALUE;
        int keep = 0;
        Backups backups = Backups.from(environment);
        for (String option : options) {
            if (option.equals("--full")) {
                fullAfter = 0;
            } else if (option.matches("--full-after=[0-9]{1,3}")) {
                fullAfter = Math.min(fullAfter, Integer.parseInt(option.substring("--full-after=".length())));
            } else if (option.startsWith("--name=")) {
                name = option.substring("--name=".length());
            } else if (KEEP.matcher(option).matches()) {
                keep = keep(option);
            } else {
                err.printf("There is no option %s.%n", option);
                err.print(USAGE);
                return 2;
            }
        }
        out.println(line(backups.create(name, fullAfter, clock.instant())));
        if (keep > 0) {
            deleteExpired(backups, keep, out);
        }
        return 0;
    }

    private static int keep(String option) {
        return Integer.parseInt(option.substring("--keep=".length()));
    }

    private static void deleteExpired(Backups backups, int keep, PrintStream out) {
        backups.deleteExpired(keep).forEach(backup -> out.println("Deleted " + backup.name()));
    }

    private static String line(Description backup) {
        return "%s  %s  %,d rows of PostgreSQL"
                .formatted(
                        backup.name(),
                        backup.base() == null ? "full" : "since " + backup.base(),
                        backup.rows().values().stream()
                                .mapToLong(Long::longValue)
                                .sum());
    }
}
