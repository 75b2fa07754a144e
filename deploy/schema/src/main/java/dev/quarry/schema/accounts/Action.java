package dev.quarry.schema.accounts;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the commands can do: the words that select it, the id that follows, and its options. */
enum Action {
    ORG_CREATE(
            "org create ID",
            "--name= --key= --secret-file= --expires=",
            "creates an organization, with --key=FAMILIES also its first key"),
    ORG_LIST("org list", "", "lists all organizations"),
    ORG_REVOKE("org revoke ID", "", "revokes all keys of an organization"),
    ORG_DELETE(
            "org delete ID",
            "",
            "deletes an organization with its keys, members, apps and workspaces, but not its events"),

    KEY_CREATE(
            "key create",
            "--organization=! --family= --name= --expires= --secret-file=",
            "creates a key, for all families unless --family=FAMILIES; it never expires unless --expires=90d"),
    KEY_LIST("key list", "--organization=", "lists keys, of all organizations or of one"),
    KEY_ROTATE(
            "key rotate ID",
            "--overlap= --expires= --secret-file=",
            "creates a key with the same permissions; the old one expires after --overlap=24h"),
    KEY_REVOKE("key revoke ID", "", "revokes a key; services refuse it within a second"),
    KEY_DELETE("key delete ID", "", "revokes a key, and deletes its row"),

    APP_CREATE("app create ID", "--organization=! --name=", "creates an app of an organization"),
    APP_LIST("app list", "--organization=", "lists apps"),
    APP_DELETE("app delete ID", "--organization=!", "deletes an app, but not its events"),

    WORKSPACE_CREATE("workspace create ID", "--organization=! --name=", "creates a workspace of an organization"),
    WORKSPACE_LIST("workspace list", "--organization=", "lists workspaces"),
    WORKSPACE_DELETE(
            "workspace delete ID", "--organization=!", "deletes a workspace and its resources, but not its events"),

    MEMBER_CREATE(
            "member create ID",
            "--organization=! --family= --email=",
            "lets a user into an organization, to all families unless --family=FAMILIES"),
    MEMBER_LIST("member list", "--organization=", "lists members"),
    MEMBER_REVOKE("member revoke ID", "", "revokes all dashboard sessions of a user"),
    MEMBER_DELETE(
            "member delete ID", "--organization=!", "ends a membership; the user's sessions lose the organization"),

    SESSION_CREATE(
            "session create",
            "--user=! --family= --expires= --secret-file=",
            "creates a dashboard session, for metrics unless --family=FAMILIES, for --expires=12h"),
    SESSION_LIST("session list", "--user=", "lists dashboard sessions"),
    SESSION_REVOKE("session revoke ID", "", "revokes a dashboard session; services refuse it within a second"),
    SESSION_DELETE("session delete ID", "", "revokes a dashboard session, and deletes its row");

    /** {@code key create}, for example. */
    private final String words;

    private final boolean takesId;
    /** Separated by spaces. */
    private final String options;

    private final String purpose;

    /** @param options each as {@code --name=}, or {@code --name=!} if it is required */
    Action(String words, String options, String purpose) {
        this.takesId = words.endsWith(" ID");
        this.words = words.replace(" ID", "");
        this.options = options;
        this.purpose = purpose;
    }

    static Optional<Action> of(String kind, String verb) {
        return Arrays.stream(values())
                .filter(action -> action.words.equals(kind + " " + verb))
                .findFirst();
    }

    /** {@code org} or {@code key}, for example. */
    String kind() {
        return words.substring(0, words.indexOf(' '));
    }

    String verb() {
        return words.substring(words.indexOf(' ') + 1);
    }

    boolean takesId() {
        return takesId;
    }

    List<String> options() {
        return split().map(Action::name).toList();
    }

    List<String> required() {
        return split().filter(option -> option.endsWith("!")).map(Action::name).toList();
    }

    private Stream<String> split() {
        return Arrays.stream(options.split(" ")).filter(option -> !option.isEmpty());
    }

    private static String name(String option) {
        return option.substring(0, option.indexOf('='));
    }

    static String usage() {
        return Arrays.stream(values())
                .map(action -> "  %s%n      %s%n".formatted(action.synopsis(), action.purpose))
                .collect(Collectors.joining("", "usage:\n", """

                        ID                   letters, digits, _ and -; of a user, 1 to 64 characters
                        FAMILIES             metrics, apps, integrations, orgs, several of them, such as metrics,apps, or all
                        --expires, --overlap a time such as 90d, 24h, 30m or 45s; --expires=never
                        --secret-file=FILE   takes the key or token from a file, instead of making and printing one
                        --json               prints JSON
                        --actor=NAME         who makes the change, for the table account_changes (default: the system's user)
                        --postgres-url=URL, --postgres-user=NAME
                                             the database, as jdbc:postgresql://host:5432/quarry

                      The password is read from QUARRY_POSTGRES_PASSWORD or from the file QUARRY_POSTGRES_PASSWORD_FILE.
                      Instead of the options, set QUARRY_POSTGRES_URL, QUARRY_POSTGRES_USER and QUARRY_ACTOR.
                    """.stripIndent()));
    }

    private String synopsis() {
        return words
                + (takesId ? " ID" : "")
                + options().stream()
                        .map(option -> required().contains(option)
                                ? " %s=...".formatted(option)
                                : " [%s=...]".formatted(option))
                        .collect(Collectors.joining());
    }
}
