package dev.quarry.schema;

import dev.quarry.schema.ExcludedUsers.Period;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The program of {@code ./quarry exclude-users}. It exits with 0 if it has done what it was told, with 1 and one sentence
 * if it failed, and with 2 after wrong arguments. It reads the migrator's environment variables.
 */
public final class ExcludeUsersCommand {
    static final String USAGE = """
            usage: exclude-users add --organization=ID [--rebuild] [--file=FILE] [USER ...]
                   exclude-users remove --organization=ID [--rebuild] [--file=FILE] [USER ...]
                   exclude-users list --organization=ID

            Takes users, such as staff and bots, out of every number of product metrics.

              add           their events no longer count
              remove        their events count again
              list          print the excluded users, and the days (UTC) on which they do not count
              USER          a user_id of the events; ids that begin with -- must be in a file
              --file=FILE   a file with one user_id in each line; - is standard input
              --rebuild     change all days; without it, only today (UTC) and later days change
            """;

    private enum Action {
        ADD,
        REMOVE,
        LIST
    }

    private ExcludeUsersCommand() {}

    public static void main(String[] arguments) {
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.exit(run(
                List.of(arguments),
                organization -> open(organization, System.getenv()),
                Clock.systemUTC(),
                System.in,
                System.out,
                System.err));
    }

    static int run(
            List<String> arguments,
            Function<String, ExcludedUsers> store,
            Clock clock,
            InputStream in,
            PrintStream out,
            PrintStream err) {
        try {
            CommandArguments.requireDecoded(arguments);
            Request request = Request.parse(arguments, in);
            try (ExcludedUsers excluded = store.apply(request.organization())) {
                if (request.action() == Action.LIST) {
                    list(excluded.periods(), out);
                } else {
                    change(request, excluded, LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC), out);
                }
            }
            return 0;
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
            err.print(USAGE);
            return 2;
        } catch (MigrationException failure) {
            err.println(failure.getMessage().replaceAll("\\s+", " "));
            return 1;
        }
    }

    private static ExcludedUsers open(String organization, Map<String, String> environment) {
        return new ExcludedUsers(organization, ClickHouseAddress.from(environment), PostgresAddress.from(environment));
    }

    private static void list(List<Period> periods, PrintStream out) {
        if (periods.isEmpty()) {
            out.println("No users are excluded.");
        }
        for (Period period : periods) {
            boolean always = period.first().equals(ExcludedUsers.BEGINNING);
            String days = period.last()
                    .map(last -> always ? "until " + last : period.first() + " to " + last)
                    .orElse(always ? "all days" : "from " + period.first() + " on");
            out.printf("%s: %s%n", period.user(), days);
        }
    }

    private static void change(Request request, ExcludedUsers excluded, LocalDate today, PrintStream out) {
        LocalDate since = request.rebuild() ? ExcludedUsers.BEGINNING : today;
        boolean adds = request.action() == Action.ADD;
        List<LocalDate> days =
                adds ? excluded.exclude(request.users(), since) : excluded.include(request.users(), since);
        out.printf(
                "%s %s.%n",
                subject(request.users().size(), adds),
                request.rebuild() ? "on all days" : "from %s (UTC) on".formatted(today));
        if (days.isEmpty()) {
            out.println("They have no events on these days so far, so no number changes.");
        } else {
            out.printf("The rollup job rebuilds the days on which they have events: %s.%n", ranges(days));
        }
    }

    private static String subject(int users, boolean adds) {
        if (users == 1) {
            return adds ? "1 user does not count" : "1 user counts again";
        }
        return "%,d users %s".formatted(users, adds ? "do not count" : "count again");
    }

    /** @param days in their order */
    private static String ranges(List<LocalDate> days) {
        List<String> ranges = new ArrayList<>();
        LocalDate first = days.getFirst();
        for (int next = 1; next <= days.size(); next++) {
            LocalDate last = days.get(next - 1);
            if (next == days.size() || !days.get(next).equals(last.plusDays(1))) {
                ranges.add(first.equals(last) ? first.toString() : first + " to " + last);
                first = next == days.size() ? first : days.get(next);
            }
        }
        return String.join(", ", ranges);
    }

    private record Request(Action action, String organization, Set<String> users, boolean rebuild) {
        static Request parse(List<String> arguments, InputStream in) {
            Action action = action(arguments.isEmpty() ? "" : arguments.getFirst());
            Optional<String> organization = Optional.empty();
            Optional<String> file = Optional.empty();
            boolean rebuild = false;
            Set<String> users = new LinkedHashSet<>();
            for (String argument : arguments.subList(1, arguments.size())) {
                if (argument.equals("--rebuild")) {
                    rebuild = true;
                } else if (argument.startsWith("--organization=")) {
                    organization = once(organization, argument);
                } else if (argument.startsWith("--file=")) {
                    file = once(file, argument);
                } else if (argument.startsWith("--")) {
                    throw new UsageException("There is no option %s.".formatted(argument));
                } else if (argument.isEmpty()) {
                    throw new UsageException("A user_id must not be empty.");
                } else {
                    users.add(argument);
                }
            }
            if (organization.isEmpty()) {
                throw new UsageException("--organization=ID is required.");
            }
            if (action == Action.LIST) {
                if (rebuild || file.isPresent() || !users.isEmpty()) {
                    throw new UsageException("list takes no option but --organization=ID, and no users.");
                }
            } else {
                file.ifPresent(name -> users.addAll(read(name, in)));
                if (users.isEmpty()) {
                    throw new UsageException("Name one or more users.");
                }
            }
            return new Request(action, organization.get(), users, rebuild);
        }

        private static Action action(String name) {
            return switch (name) {
                case "add" -> Action.ADD;
                case "remove" -> Action.REMOVE;
                case "list" -> Action.LIST;
                default -> throw new UsageException("Begin with add, remove or list.");
            };
        }

        private static Optional<String> once(Optional<String> before, String argument) {
            String option = argument.substring(0, argument.indexOf('='));
            String value = argument.substring(argument.indexOf('=') + 1);
            if (value.isEmpty()) {
                throw new UsageException("%s must have a value, as in %s=VALUE.".formatted(option, option));
            }
            if (before.isPresent()) {
                throw new UsageException("%s occurs twice.".formatted(option));
            }
            return Optional.of(value);
        }

        /** Spaces belong to an id; empty lines do not count. */
        private static List<String> read(String file, InputStream in) {
            try {
                byte[] bytes = file.equals("-") ? in.readAllBytes() : Files.readAllBytes(Path.of(file));
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .decode(ByteBuffer.wrap(bytes))
                        .toString()
                        .lines()
                        .filter(line -> !line.isEmpty())
                        .toList();
            } catch (IOException unreadable) {
                throw new MigrationException(
                        "%s cannot be read as a UTF-8 text.".formatted(file.equals("-") ? "Standard input" : file),
                        unreadable);
            }
        }
    }
}
