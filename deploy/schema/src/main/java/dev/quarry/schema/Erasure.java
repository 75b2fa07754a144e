package dev.quarry.schema;

import static java.util.Objects.requireNonNull;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The events to erase, always of one organisation.
 *
 * @param organization the organisation's id
 * @param subject which of its events
 */
public record Erasure(String organization, Subject subject) {
    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z0-9_-]{1,64}");

    public Erasure {
        requireIdentifier("organisation", organization);
        requireNonNull(subject, "subject is null");
    }

    /** The events of the organisation to erase. */
    public sealed interface Subject {}

    /** All events of the organisation. */
    public record Everything() implements Subject {}

    /** The product events of a user. */
    public record OfUser(String user) implements Subject {
        public OfUser {
            if (user.isEmpty()) {
                throw new MigrationException("The user id must not be empty.");
            }
        }
    }

    /** The errors, web vitals, events and logs of an app. */
    public record OfApp(String app) implements Subject {
        public OfApp {
            requireIdentifier("app", app);
        }
    }

    /** The executions of a workspace. */
    public record OfWorkspace(String workspace) implements Subject {
        public OfWorkspace {
            requireIdentifier("workspace", workspace);
        }
    }

    /** One event, in any table. */
    public record OneEvent(UUID event) implements Subject {
        public OneEvent {
            requireNonNull(event, "event is null");
        }
    }

    /** All events before a day, in UTC. */
    public record Before(LocalDate day) implements Subject {
        public Before {
            requireNonNull(day, "day is null");
        }
    }

    /** Bronze tables that may have such events. */
    List<BronzeTable> tables() {
        return switch (subject) {
            case Everything(), OneEvent(var _), Before(var _) -> BronzeTable.ALL;
            case OfUser(var _) -> BronzeTable.having("user_id");
            case OfApp(var _) -> BronzeTable.having("app_id");
            case OfWorkspace(var _) -> BronzeTable.having("workspace_id");
        };
    }

    /** {@return the condition for rows of a bronze table or its copy} {@link #parameters} has the values. */
    String condition(String timeColumn) {
        String ofOrganization = "organization_id = {organization:String}";
        return switch (subject) {
            case Everything() -> ofOrganization;
            case OfUser(var _) -> ofOrganization + " AND user_id = {value:String}";
            case OfApp(var _) -> ofOrganization + " AND app_id = {value:String}";
            case OfWorkspace(var _) -> ofOrganization + " AND workspace_id = {value:String}";
            case OneEvent(var _) -> ofOrganization + " AND event_id = {value:UUID}";
            case Before(var _) -> ofOrganization + " AND " + timeColumn + " < {value:DateTime64(3, 'UTC')}";
        };
    }

    /** {@return the values of the parameters in {@link #condition}} */
    Map<String, Object> parameters() {
        return switch (subject) {
            case Everything() -> Map.of("organization", organization);
            case OfUser(String user) -> Map.of("organization", organization, "value", user);
            case OfApp(String app) -> Map.of("organization", organization, "value", app);
            case OfWorkspace(String workspace) -> Map.of("organization", organization, "value", workspace);
            case OneEvent(UUID event) -> Map.of("organization", organization, "value", event.toString());
            case Before(LocalDate day) -> Map.of("organization", organization, "value", day + " 00:00:00.000");
        };
    }

    private static void requireIdentifier(String what, String id) {
        if (!IDENTIFIER.matcher(id).matches()) {
            throw new MigrationException(
                    "The %s id must be 1 to 64 letters, digits, dashes and underscores, but is \"%s\"."
                            .formatted(what, id));
        }
    }
}
