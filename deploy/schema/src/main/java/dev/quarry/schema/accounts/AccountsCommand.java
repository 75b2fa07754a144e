package dev.quarry.schema.accounts;

import dev.quarry.schema.CommandArguments;
import dev.quarry.schema.MigrationException;
import dev.quarry.schema.PostgresAddress;
import dev.quarry.schema.UsageException;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * The program of {@code ./quarry org|key|app|workspace|member|session}. It needs only PostgreSQL, and reads the
 * migrator's environment variables for it.
 *
 * <p>It exits with 0 if it has done what it was told, with 1 and one sentence if it has changed nothing, and with 2 after
 * wrong arguments. A new key or token is alone on standard output; everything else about it goes to standard error.
 */
public final class AccountsCommand {
    private static final String UNDEFINED_TABLE = "42P01";
    private static final String UNDEFINED_COLUMN = "42703";
    private static final int LONGEST_ACTOR = 200;

    private AccountsCommand() {}

    public static void main(String[] arguments) {
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.exit(run(List.of(arguments), System.getenv(), System.out, System.err));
    }

    /** Runs one command. Programs and tests may call it. */
    public static int run(List<String> arguments, Map<String, String> environment, PrintStream out, PrintStream err) {
        if (arguments.contains("--help")) {
            out.print(Action.usage());
            return 0;
        }
        try {
            CommandArguments.requireDecoded(arguments);
            Arguments parsed = Arguments.parse(arguments);
            Outcome outcome = execute(parsed, environment);
            new Printer(out, err).print(outcome, parsed.json());
            return 0;
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
            err.print(Action.usage());
            return 2;
        } catch (RefusedException | MigrationException refused) {
            err.println(oneLine(refused.getMessage()));
            return 1;
        } catch (SQLException failure) {
            err.println(oneLine(explain(failure)));
            return 1;
        }
    }

    private static Outcome execute(Arguments arguments, Map<String, String> environment) throws SQLException {
        String actor = arguments
                .option("--actor")
                .orElse(environment.getOrDefault("QUARRY_ACTOR", System.getProperty("user.name")));
        if (actor.isBlank() || actor.length() > LONGEST_ACTOR) {
            throw new UsageException("--actor must have 1 to 200 characters.");
        }
        try (Connection connection = address(arguments, environment).open()) {
            connection.setAutoCommit(false);
            Outcome outcome = dispatch(arguments, new Database(connection, actor));
            connection.commit();
            return outcome;
        }
    }

    private static PostgresAddress address(Arguments arguments, Map<String, String> environment) {
        Map<String, String> settings = new HashMap<>(environment);
        arguments.option("--postgres-url").ifPresent(url -> settings.put("QUARRY_POSTGRES_URL", url));
        arguments.option("--postgres-user").ifPresent(user -> settings.put("QUARRY_POSTGRES_USER", user));
        return PostgresAddress.from(settings);
    }

    private static Outcome dispatch(Arguments arguments, Database database) throws SQLException {
        var keys = new Keys(database);
        var organizations = new Organizations(database, keys);
        var apps = Resources.apps(database);
        var workspaces = Resources.workspaces(database);
        var members = new Members(database);
        var sessions = new Sessions(database);
        return switch (arguments.action()) {
            case ORG_CREATE -> organizations.create(arguments);
            case ORG_LIST -> organizations.list();
            case ORG_REVOKE -> keys.revokeAll(arguments);
            case ORG_DELETE -> organizations.delete(arguments);
            case KEY_CREATE -> keys.create(arguments);
            case KEY_LIST -> keys.list(arguments);
            case KEY_ROTATE -> keys.rotate(arguments);
            case KEY_REVOKE -> keys.revoke(arguments);
            case KEY_DELETE -> keys.delete(arguments);
            case APP_CREATE -> apps.create(arguments);
            case APP_LIST -> apps.list(arguments);
            case APP_DELETE -> apps.delete(arguments);
            case WORKSPACE_CREATE -> workspaces.create(arguments);
            case WORKSPACE_LIST -> workspaces.list(arguments);
            case WORKSPACE_DELETE -> workspaces.delete(arguments);
            case MEMBER_CREATE -> members.create(arguments);
            case MEMBER_LIST -> members.list(arguments);
            case MEMBER_REVOKE -> members.revoke(arguments);
            case MEMBER_DELETE -> members.delete(arguments);
            case SESSION_CREATE -> sessions.create(arguments);
            case SESSION_LIST -> sessions.list(arguments);
            case SESSION_REVOKE -> sessions.revoke(arguments);
            case SESSION_DELETE -> sessions.delete(arguments);
        };
    }

    private static String explain(SQLException failure) {
        String state = failure.getSQLState();
        if (UNDEFINED_TABLE.equals(state) || UNDEFINED_COLUMN.equals(state)) {
            return "The database has an older schema: run the migrator first.";
        }
        if (failure instanceof PSQLException told && told.getServerErrorMessage() != null) {
            ServerErrorMessage message = told.getServerErrorMessage();
            return "PostgreSQL refuses it: %s. %s"
                    .formatted(message.getMessage(), message.getHint() == null ? "" : message.getHint())
                    .strip();
        }
        return "PostgreSQL cannot be reached: " + failure.getMessage();
    }

    private static String oneLine(String message) {
        return message.replaceAll("\\s+", " ");
    }
}
