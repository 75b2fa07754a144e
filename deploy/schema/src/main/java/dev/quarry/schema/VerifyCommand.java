package dev.quarry.schema;

import java.io.PrintStream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/**
 * The program behind {@code ./quarry verify}: asks the rollup jobs of the running services to compare gold with
 * bronze and to rebuild the buckets that differ, and prints the counts. It needs only PostgreSQL, with the migrator's
 * environment variables.
 *
 * <p>Exits with 0 if gold agrees with bronze, perhaps after a rebuild; with 1 if a difference remains or no answer
 * came; with 2 after wrong arguments.
 */
public final class VerifyCommand {
    /** The number of buckets to print for each rollup; others are only counted. */
    private static final int MOST_UNCERTAIN = 5;

    private static final Pattern ORGANIZATION = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final String USAGE = """
            usage: verify [--organization=ID] [--timeout=SECONDS]
              --organization   compare only this organisation; default: all
              --timeout        how long to wait for the services' answers (default: 3600)
            """;

    private final PrintStream out;

    /** @param organization null for all organisations */
    private record Request(String organization, Duration timeout) {
        static Request parse(List<String> arguments) {
            String organization = null;
            Duration timeout = Duration.ofHours(1);
            for (String argument : arguments) {
                String value = argument.substring(argument.indexOf('=') + 1);
                if (argument.startsWith("--organization=")
                        && ORGANIZATION.matcher(value).matches()) {
                    organization = value;
                } else if (argument.matches("--timeout=[0-9]{1,6}")) {
                    timeout = Duration.ofSeconds(Long.parseLong(value));
                } else {
                    throw new UsageException("verify does not know the argument " + argument);
                }
            }
            return new Request(organization, timeout);
        }
    }

    private VerifyCommand(PrintStream out) {
        this.out = out;
    }

    public static void main(String[] arguments) {
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
    }

    /** Runs the program, and returns its exit status. */
    public static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        try {
            CommandArguments.requireDecoded(arguments);
            Request request = Request.parse(arguments);
            try (Connection connection = PostgresAddress.from(environment).open()) {
                return new VerifyCommand(out).verify(connection, request) ? 0 : 1;
            }
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
            err.print(USAGE);
            return 2;
        } catch (MigrationException | SQLException failure) {
            err.println("PostgreSQL cannot be asked: " + failure.getMessage().replaceAll("\\s+", " "));
            return 1;
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            return 1;
        }
    }

    /** Whether all answers agree. */
    private boolean verify(Connection connection, Request request) throws SQLException, InterruptedException {
        Set<String> waiting = rollups(connection);
        if (waiting.isEmpty()) {
            out.println("The rollup job has not run yet. Is a service running?");
            return false;
        }
        deleteOld(connection);
        UUID id = request(connection, request.organization());
        Instant end = Instant.now().plus(request.timeout());
        boolean agrees = true;
        while (!waiting.isEmpty() && Instant.now().isBefore(end)) {
            agrees &= print(connection, id, waiting);
            Thread.sleep(PAUSE);
        }
        if (!waiting.isEmpty()) {
            out.println("No answer from: " + String.join(", ", waiting)
                    + ". Is the service running, and is its rollup job enabled?");
        }
        return agrees && waiting.isEmpty();
    }

    /** All rollups that have ever made progress. */
    private static Set<String> rollups(Connection connection) throws SQLException {
        Set<String> names = new TreeSet<>();
        try (PreparedStatement query = connection.prepareStatement("SELECT name FROM rollup_progress");
                ResultSet rows = query.executeQuery()) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        }
        return names;
    }

    /** Deletes old requests with their results. */
    private static void deleteOld(Connection connection) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM verifications WHERE requested_at < now() - interval '30 days'")) {
            delete.executeUpdate();
        }
    }

    private static UUID request(Connection connection, String organization) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO verifications (organization_id) VALUES (?) RETURNING id")) {
            insert.setString(1, organization);
            try (ResultSet row = insert.executeQuery()) {
                row.next();
                return row.getObject(1, UUID.class);
            }
        }
    }

    /** Prints the answers that came since the last time, and returns whether they all agree. */
    private boolean print(Connection connection, UUID id, Set<String> waiting) throws SQLException {
        boolean agrees = true;
        try (PreparedStatement query = connection.prepareStatement("""
                SELECT rollup, compared, mended, unsettled, remaining
                FROM verification_results WHERE verification = ? ORDER BY finished_at, rollup
                """)) {
            query.setObject(1, id);
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    if (waiting.remove(rows.getString(1))) {
                        String[] unsettled = texts(rows, 4);
                        String[] remaining = texts(rows, 5);
                        out.printf(
                                "%s: %,d buckets compared, %,d mended, %,d differ after a rebuild%n",
                                rows.getString(1), rows.getLong(2), rows.getLong(3), remaining.length);
                        for (String bucket :
                                Arrays.asList(unsettled).subList(0, Math.min(MOST_UNCERTAIN, unsettled.length))) {
                            out.println("  not certain, still inserted into or waiting for a rebuild: " + bucket);
                        }
                        if (unsettled.length > MOST_UNCERTAIN) {
                            out.printf("  not certain: %,d more%n", unsettled.length - MOST_UNCERTAIN);
                        }
                        for (String difference : remaining) {
                            out.println("  differs: " + difference);
                        }
                        agrees &= remaining.length == 0;
                    }
                }
            }
        }
        return agrees;
    }

    private static String[] texts(ResultSet rows, int column) throws SQLException {
        return (String[]) rows.getArray(column).getArray();
    }
}
