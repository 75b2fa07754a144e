package dev.quarry.schema.accounts;

import dev.quarry.schema.UsageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The arguments of one command, as {@link Action} allows them.
 *
 * @param id empty if the action takes none
 * @param options by name, such as {@code --organization}
 */
record Arguments(Action action, String id, Map<String, String> options, boolean json) {
    private static final List<String> EVERYWHERE = List.of("--actor", "--postgres-url", "--postgres-user");
    private static final Pattern PLAIN_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern TIME = Pattern.compile("([0-9]{1,5})([smhd])");
    private static final int LONGEST_ID = 64;
    private static final int LONGEST_NAME = 200;

    static Arguments parse(List<String> arguments) {
        if (arguments.size() < 2) {
            throw new UsageException("Name a kind and an action, such as: key create.");
        }
        Action action = Action.of(arguments.get(0), arguments.get(1))
                .orElseThrow(() -> new UsageException(
                        "There is no command \"%s %s\".".formatted(arguments.get(0), arguments.get(1))));
        String id = "";
        boolean json = false;
        Map<String, String> options = new HashMap<>();
        for (String argument : arguments.subList(2, arguments.size())) {
            if (argument.equals("--json")) {
                json = true;
            } else if (argument.startsWith("-")) {
                addOption(action, argument, options);
            } else if (action.takesId() && id.isEmpty()) {
                id = argument;
            } else {
                throw new UsageException("\"%s\" is one argument too many.".formatted(argument));
            }
        }
        if (action.takesId() && id.isEmpty()) {
            throw new UsageException("%s %s needs an id.".formatted(action.kind(), action.verb()));
        }
        for (String required : action.required()) {
            if (!options.containsKey(required)) {
                throw new UsageException("%s %s needs %s=...".formatted(action.kind(), action.verb(), required));
            }
        }
        return new Arguments(action, id, Map.copyOf(options), json);
    }

    private static void addOption(Action action, String argument, Map<String, String> options) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        if (!action.options().contains(name) && !EVERYWHERE.contains(name)) {
            throw new UsageException("%s %s has no option %s.".formatted(action.kind(), action.verb(), name));
        }
        if (equals < 0 || equals == argument.length() - 1) {
            throw new UsageException("%s must have a value, as in %s=VALUE.".formatted(name, name));
        }
        if (options.put(name, argument.substring(equals + 1)) != null) {
            throw new UsageException("%s occurs twice.".formatted(name));
        }
    }

    Optional<String> option(String name) {
        return Optional.ofNullable(options.get(name));
    }

    String organization() {
        return options.get("--organization");
    }

    /** The id of a new organisation, app or workspace. */
    String newPlainId() {
        if (!PLAIN_ID.matcher(id).matches()) {
            throw new UsageException("The id must have 1 to 64 letters, digits, _ and -, but is \"%s\".".formatted(id));
        }
        return id;
    }

    /** The id of a user, which the product chooses. */
    String newUserId() {
        if (id.length() > LONGEST_ID || id.chars().anyMatch(Character::isISOControl)) {
            throw new UsageException(
                    "The id of a user must have 1 to 64 characters, none of them a control character.");
        }
        return id;
    }

    String name(String fallback) {
        String name = option("--name").orElse(fallback);
        if (name.codePointCount(0, name.length()) > LONGEST_NAME || name.chars().anyMatch(Character::isISOControl)) {
            throw new UsageException("A name must have 1 to 200 characters, none of them a control character.");
        }
        return name;
    }

    Set<Family> families(String option, String fallback) {
        return Family.parse(option(option).orElse(fallback));
    }

    /** {@return how long a credential is valid; empty if it never expires} */
    Optional<Duration> expiry(Optional<Duration> fallback) {
        Optional<String> expires = option("--expires");
        if (expires.isEmpty()) {
            return fallback;
        }
        if (expires.get().equals("never")) {
            return Optional.empty();
        }
        Duration time = time("--expires", expires.get());
        if (time.isZero()) {
            throw new UsageException("--expires must be more than 0.");
        }
        return Optional.of(time);
    }

    Duration overlap(Duration fallback) {
        return option("--overlap").map(text -> time("--overlap", text)).orElse(fallback);
    }

    /** The secret of {@code --secret-file}, or else a new one. */
    Secret secret(String prefix) {
        return option("--secret-file").map(Path::of).map(Secret::read).orElseGet(() -> Secret.random(prefix));
    }

    private static Duration time(String option, String text) {
        Matcher matcher = TIME.matcher(text);
        if (!matcher.matches()) {
            throw new UsageException(
                    "%s must be a time such as 90d, 24h, 30m or 45s, but is \"%s\".".formatted(option, text));
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            case "h" -> Duration.ofHours(number);
            default -> Duration.ofDays(number);
        };
    }
}
