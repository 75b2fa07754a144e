package dev.quarry.schema;

import dev.quarry.schema.Erasure.Before;
import dev.quarry.schema.Erasure.Everything;
import dev.quarry.schema.Erasure.OfApp;
import dev.quarry.schema.Erasure.OfUser;
import dev.quarry.schema.Erasure.OfWorkspace;
import dev.quarry.schema.Erasure.OneEvent;
import dev.quarry.schema.Erasure.Subject;
import java.io.PrintStream;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The program of {@code ./quarry erase}. It exits with 0 if all events are erased, with 1 and one sentence if they are
 * not, and with 2 after wrong arguments. It reads the migrator's environment variables.
 */
public final class EraseCommand {
    static final String USAGE = """
            usage: erase --organization=ID [--user=ID | --app=ID | --workspace=ID | --event=UUID | --before=YYYY-MM-DD] [--wait=SECONDS]

            Erases events for good, and rebuilds every number that counted them. Without a second option it erases the
            whole organisation.

              --user=ID             the product events of a user
              --app=ID              the errors, web vitals, events and logs of an app
              --workspace=ID        the executions of a workspace
              --event=UUID          one event
              --before=YYYY-MM-DD   all events before a day (UTC)
              --wait=SECONDS        how long to wait until the numbers are rebuilt (default: 600)
            """;

    private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(10);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(500);

    private EraseCommand() {}

    public static void main(String[] arguments) throws InterruptedException {
        Logger.getLogger("").setLevel(Level.SEVERE);
        System.exit(run(List.of(arguments), erasure -> eraser(erasure, System.getenv()), System.out, System.err));
    }

    static int run(List<String> arguments, Function<Erasure, Eraser> erasers, PrintStream out, PrintStream err)
            throws InterruptedException {
        try {
            CommandArguments.requireDecoded(arguments);
            Request request = Request.parse(arguments);
            try (Eraser eraser = erasers.apply(request.erasure())) {
                return erase(eraser, request.timeout(), out, err);
            }
        } catch (UsageException wrong) {
            err.println(wrong.getMessage());
            err.print(USAGE);
            return 2;
        } catch (MigrationException failure) {
            err.println(failure.getMessage().replaceAll("\\s+", " "));
            return 1;
        }
    }

    private static Eraser eraser(Erasure erasure, Map<String, String> environment) {
        return new Eraser(erasure, ClickHouseAddress.from(environment), PostgresAddress.from(environment));
    }

    private static int erase(Eraser eraser, Duration timeout, PrintStream out, PrintStream err)
            throws InterruptedException {
        Map<String, Long> erased = eraser.delete();
        if (erased.isEmpty()) {
            out.println("No such events are stored.");
        }
        erased.forEach((table, events) -> out.printf("%s: %,d erased%n", table, events));
        long end = System.nanoTime() + timeout.toNanos();
        long waiting = eraser.rebuilding();
        if (waiting > 0) {
            out.printf("Waiting for the rollup job to rebuild %,d days or hours ...%n", waiting);
        }
        while (waiting > 0) {
            if (System.nanoTime() > end) {
                err.printf(
                        "The events are erased, but %,d days or hours still count them: is the rollup job running?"
                                + " Run the same command again to finish.%n",
                        waiting);
                return 1;
            }
            Thread.sleep(POLL_INTERVAL);
            waiting = eraser.rebuilding();
        }
        if (!eraser.finish()) {
            err.println(
                    "The events are erased, but new ones have arrived since. Run the same command again once no program"
                            + " sends them any more.");
            return 1;
        }
        out.println("Done: no number counts them any more.");
        return 0;
    }

    private record Request(Erasure erasure, Duration timeout) {
        static Request parse(List<String> arguments) {
            Optional<String> organization = Optional.empty();
            Optional<Subject> subject = Optional.empty();
            Duration timeout = DEFAULT_TIMEOUT;
            for (String argument : arguments) {
                int equals = argument.indexOf('=');
                String option = equals < 0 ? argument : argument.substring(0, equals);
                String value = equals < 0 ? "" : argument.substring(equals + 1);
                if (value.isEmpty()) {
                    throw new UsageException("\"%s\" must have a value, as in %s=VALUE.".formatted(argument, option));
                }
                switch (option) {
                    case "--organization" -> organization = once(organization, option, value);
                    case "--user" -> subject = alone(subject, new OfUser(value));
                    case "--app" -> subject = alone(subject, new OfApp(value));
                    case "--workspace" -> subject = alone(subject, new OfWorkspace(value));
                    case "--event" -> subject = alone(subject, new OneEvent(uuid(value)));
                    case "--before" -> subject = alone(subject, new Before(day(value)));
                    case "--wait" -> timeout = Duration.ofSeconds(seconds(value));
                    default -> throw new UsageException("There is no option %s.".formatted(option));
                }
            }
            return new Request(
                    new Erasure(
                            organization.orElseThrow(() -> new UsageException("--organization=ID is required.")),
                            subject.orElseGet(Everything::new)),
                    timeout);
        }

        private static <T> Optional<T> once(Optional<T> before, String option, T value) {
            if (before.isPresent()) {
                throw new UsageException("%s occurs twice.".formatted(option));
            }
            return Optional.of(value);
        }

        private static Optional<Subject> alone(Optional<Subject> before, Subject subject) {
            if (before.isPresent()) {
                throw new UsageException(
                        "Give one of --user, --app, --workspace, --event and --before, or none of them.");
            }
            return Optional.of(subject);
        }

        private static UUID uuid(String value) {
            UUID event;
            try {
                event = UUID.fromString(value);
            } catch (IllegalArgumentException malformed) {
                throw new UsageException("--event must be a UUID, but is \"%s\".".formatted(value));
            }
            if (!event.toString().equalsIgnoreCase(value)) {
                throw new UsageException("--event must be a UUID, but is \"%s\".".formatted(value));
            }
            return event;
        }

        private static LocalDate day(String value) {
            try {
                return LocalDate.parse(value);
            } catch (DateTimeParseException malformed) {
                throw new UsageException("--before must be a day as YYYY-MM-DD, but is \"%s\".".formatted(value));
            }
        }

        private static long seconds(String value) {
            try {
                long seconds = Long.parseLong(value);
                if (seconds >= 0 && seconds <= 1_000_000) {
                    return seconds;
                }
            } catch (NumberFormatException notANumber) {
                // The message is below.
            }
            throw new UsageException(
                    "--wait must be a whole number of seconds from 0 to 1000000, but is \"%s\".".formatted(value));
        }
    }
}
