package dev.quarry.schema;

import static java.util.stream.Collectors.joining;

import com.clickhouse.client.api.Client;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The users of {@code db/access} for the embedded engine, which cannot create users by SQL: a file like ClickHouse's
 * {@code users.xml} with the same grants and row policies, made from the statements that the migrator runs.
 *
 * <p>The engine's only user is {@code default}. So each user becomes a role, and a row policy becomes a condition on the
 * current role. Passwords, settings profiles and quotas are left out.
 */
public final class EngineUsers {
    /**
     * Stands for the setting {@code quarry_tenant}, because the engine refuses names that it does not know. Nothing else
     * uses it.
     */
    public static final String TENANT_SETTING = "promql_table";

    private static final String ADMINISTRATOR = "administrator";

    private static final Pattern COMMENT = Pattern.compile("(?m)^--.*\\R");
    private static final Pattern IGNORED =
            Pattern.compile("\\A(CREATE|ALTER) (SETTINGS PROFILE|USER|QUOTA) .*", Pattern.DOTALL);
    private static final Pattern GRANT = Pattern.compile(
            "\\AGRANT(?: ON CLUSTER \\S+)? (?<rights>.+?) TO (?<users>\\w+(?:, \\w+)*)(?<option> WITH GRANT OPTION)?\\z",
            Pattern.DOTALL);
    private static final Pattern POLICY = Pattern.compile(
            "\\ACREATE ROW POLICY OR REPLACE \\w+(?: ON CLUSTER \\S+)? ON `(?<database>\\w+)`\\.(?<table>\\w+)\\s+"
                    + "FOR SELECT USING (?<filter>.+?)\\s+TO (?<user>\\w+)\\z",
            Pattern.DOTALL);

    private final SortedMap<String, User> users = new TreeMap<>();

    /**
     * What a user may do.
     *
     * @param grants without the user's name
     * @param filters the condition of a row policy, by table
     * @param seesUnfiltered whether the user sees all rows of a table that has policies for other users only; this is
     *     ClickHouse's setting {@code users_without_row_policies_can_read_rows}, which is on by default
     */
    private record User(List<String> grants, SortedMap<Table, String> filters, boolean seesUnfiltered) {}

    private record Table(String database, String name) implements Comparable<Table> {
        @Override
        public int compareTo(Table other) {
            return (database + "." + name).compareTo(other.database + "." + other.name);
        }
    }

    /** The users that the migrator would create on this store, whose tables exist already. */
    public static EngineUsers of(ClickHouseAddress clickHouse) {
        try (Client client = clickHouse.open()) {
            EngineUsers users = new EngineUsers();
            statements(client, clickHouse).forEach(statement -> users.add(statement, true));
            return users;
        }
    }

    /** The statements of {@code db/access} for a store whose tables exist already, with invalid hashes. */
    static List<String> statements(Client client, ClickHouseAddress clickHouse) {
        AccountPasswords nobody = new AccountPasswords("0".repeat(64), "0".repeat(64), "0".repeat(64));
        return new AccessStatements(nobody, clickHouse.database(), clickHouse.cluster())
                .of(ClickHouseMigrations.tenantTables(new ClickHouseStatements(client), clickHouse.database()));
    }

    /** {@return the names of all users} */
    public Set<String> names() {
        return Set.copyOf(users.keySet());
    }

    /**
     * Gives each user of the statement what it grants. Statements about passwords, settings and quotas do nothing.
     *
     * @throws IllegalArgumentException if the statement has another form
     */
    EngineUsers add(String statement, boolean seesUnfiltered) {
        return add(statement, Optional::of, seesUnfiltered);
    }

    /** @param naming the name to use for a user of the statement; empty to leave the user out */
    EngineUsers add(String statement, Function<String, Optional<String>> naming, boolean seesUnfiltered) {
        String bare = COMMENT.matcher(statement).replaceAll("").strip();
        Matcher grant = GRANT.matcher(bare);
        Matcher policy = POLICY.matcher(bare);
        if (grant.matches()) {
            String rights =
                    "GRANT " + grant.group("rights") + (grant.group("option") == null ? "" : " WITH GRANT OPTION");
            for (String user : grant.group("users").split(", ", -1)) {
                naming.apply(user)
                        .ifPresent(name -> user(name, seesUnfiltered).grants().add(rights));
            }
        } else if (policy.matches()) {
            Table table = new Table(policy.group("database"), policy.group("table"));
            String filter = policy.group("filter").replace("quarry_tenant", TENANT_SETTING);
            naming.apply(policy.group("user"))
                    .ifPresent(name -> user(name, seesUnfiltered).filters().put(table, filter));
        } else if (!IGNORED.matcher(bare).matches()) {
            throw new IllegalArgumentException("This statement of db/access has an unknown form: " + bare);
        }
        return this;
    }

    /** {@return the users that a statement names, if it is a grant or a row policy} */
    static List<String> usersOf(String statement) {
        EngineUsers users = new EngineUsers().add(statement, true);
        return List.copyOf(users.users.keySet());
    }

    private User user(String name, boolean seesUnfiltered) {
        return users.computeIfAbsent(name, _ -> new User(new ArrayList<>(), new TreeMap<>(), seesUnfiltered));
    }

    /** {@return the file's text} */
    public String xml() {
        StringBuilder roles = new StringBuilder(role(ADMINISTRATOR, List.of("GRANT ALL ON *.* WITH GRANT OPTION")));
        StringBuilder accounts = new StringBuilder();
        users.forEach((name, user) -> {
            roles.append(role(name, user.grants()));
            // GRANT ... TO and CREATE ROW POLICY ... TO need users of these names.
            accounts.append("<%1$s><no_password/><profile>default</profile><quota>default</quota>%2$s</%1$s>\n"
                    .formatted(name, grants(user.grants())));
        });
        List<String> all = new ArrayList<>(List.of("GRANT " + ADMINISTRATOR));
        users.keySet().forEach(name -> all.add("GRANT " + name));
        return """
                <clickhouse>
                <profiles><default/></profiles>
                <quotas><default/></quotas>
                <roles>
                %s</roles>
                <users>
                <default>
                <password/>
                <networks><ip>::/0</ip></networks>
                <profile>default</profile>
                <quota>default</quota>
                %s
                %s</default>
                %s</users>
                </clickhouse>
                """.formatted(roles, grants(all), filters(), accounts);
    }

    private static String role(String name, List<String> grants) {
        return "<%1$s>%2$s</%1$s>\n".formatted(name, grants(grants));
    }

    private static String grants(List<String> grants) {
        return grants.stream()
                .map(grant -> "<query>" + escaped(grant) + "</query>")
                .collect(joining("\n", "<grants>", "</grants>"));
    }

    private String filters() {
        Set<Table> tables = new TreeSet<>();
        users.values().forEach(user -> tables.addAll(user.filters().keySet()));
        if (tables.isEmpty()) {
            return "";
        }
        return tables.stream()
                .map(table -> "<database name=\"%s\"><table name=\"%s\"><filter>%s</filter></table></database>\n"
                        .formatted(table.database(), table.name(), escaped(filter(table))))
                .collect(joining("", "<databases>\n", "</databases>\n"));
    }

    /** Policies of several users on one table are alternatives, as in ClickHouse. */
    private String filter(Table table) {
        List<String> alternatives = new ArrayList<>();
        List<String> unfiltered = new ArrayList<>(List.of(ADMINISTRATOR));
        users.forEach((name, user) -> {
            String filter = user.filters().get(table);
            if (filter != null) {
                alternatives.add("(has(currentRoles(), '%s') AND (%s))".formatted(name, filter));
            } else if (user.seesUnfiltered()) {
                unfiltered.add(name);
            }
        });
        alternatives.add(
                unfiltered.stream().map("'%s'"::formatted).collect(joining(", ", "hasAny(currentRoles(), [", "])")));
        return String.join(" OR ", alternatives);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    /** The users' names only. */
    @Override
    public String toString() {
        return "EngineUsers" + users.keySet();
    }
}
