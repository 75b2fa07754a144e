package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.Client;
import dev.quarry.engine.EngineProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The users of {@code db/access} on an engine: each may do what it needs and no more, and needs every grant and every
 * row policy that the migrator writes.
 */
class UsersTest {
    private static final String DATABASE = "quarry";
    private static final String DENIED = "497";
    /** The right is there, but the engine cannot store users: their storage is a file. */
    private static final List<String> GRANTED = List.of("495", "514");

    private static final AccountPasswords ACCESS = new AccountPasswords("a".repeat(64), "b".repeat(64), "c".repeat(64));
    private static final Pattern CODE = Pattern.compile("\\ACode: (\\d+)\\.");

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static Path folder;
    private static EngineProcess engine;
    private static List<String> statements;
    /** The names of users who have all rights of {@code db/access} but one, by the statement that they lack. */
    private static final Map<String, List<Lacking>> LACKING = new LinkedHashMap<>();

    /** @param user whose rights it has, apart from one */
    private record Lacking(String user, String name) {}

    /** What a user needs of a table; null if it has it, or else what is wrong. */
    @FunctionalInterface
    private interface Check {
        String problem(String user);
    }

    private record Need(String user, String table, Check check) {}

    @BeforeAll
    static void start() throws IOException {
        folder = Files.createTempDirectory("quarry-users");
        engine = EngineProcess.start(options());
        MigratorSettings settings = settings(engine.url(), "default");
        Migrator.migrate(settings);
        try (Client client = settings.clickHouse().open()) {
            statements = EngineUsers.statements(client, settings.clickHouse());
        }
        EngineUsers users = new EngineUsers();
        statements.forEach(statement -> users.add(statement, true));
        for (String statement : statements) {
            for (String user : EngineUsers.usersOf(statement)) {
                String name = user + "_" + LACKING.size();
                LACKING.computeIfAbsent(statement, _ -> new ArrayList<>()).add(new Lacking(user, name));
                statements.stream()
                        .filter(other -> !other.equals(statement))
                        // A server may hide the rows of users without a policy; the refiner's policy is for this.
                        .forEach(other -> users.add(
                                other,
                                named -> named.equals(user) ? Optional.of(name) : Optional.empty(),
                                user.equals("quarry_reader")));
            }
        }
        migratorStatements().forEach(statement -> users.add(statement, true));
        for (String statement : migratorGrants()) {
            migratorGrants().stream()
                    .filter(other -> !other.equals(statement))
                    .forEach(other -> users.add(other, _ -> Optional.of(migratorWithout(statement)), true));
        }
        Path file = Files.writeString(folder.resolve("users.xml"), users.xml());
        engine.stop();
        engine = EngineProcess.start(options().withRoleUsers(file, users.names()));
        fill();
    }

    private static EngineProcess.Options options() {
        return EngineProcess.Options.at(folder.resolve("engine")).withLogFile(folder.resolve("engine.log"));
    }

    private static MigratorSettings settings(String url, String user) {
        MigratorSettings fresh = Stores.fresh(Retention.longest());
        return new MigratorSettings(
                new ClickHouseAddress(url, DATABASE, user, ""),
                fresh.postgres(),
                fresh.retention(),
                fresh.acceptedTimes(),
                user.equals("default") ? Optional.empty() : Optional.of(ACCESS),
                fresh.timeout());
    }

    @AfterAll
    static void stop() throws IOException {
        engine.close();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((one, other) -> other.compareTo(one)).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Puts a row of each of two organisations into every table, whatever its constraints. */
    private static void fill() {
        for (String table : tables()) {
            String definition =
                    administrator("SELECT create_table_query FROM system.tables WHERE database = '%s' AND name = '%s'"
                            .formatted(DATABASE, table));
            Pattern.compile("CONSTRAINT `?(\\w+)`? CHECK")
                    .matcher(definition)
                    .results()
                    .map(constraint -> constraint.group(1))
                    .forEach(constraint -> administrator(
                            "ALTER TABLE %s.%s DROP CONSTRAINT %s".formatted(DATABASE, table, constraint)));
            List<String> columns = new ArrayList<>();
            List<String> values = new ArrayList<>();
            administrator("""
                    SELECT name, type FROM system.columns
                    WHERE database = '%s' AND table = '%s' AND default_kind NOT IN ('MATERIALIZED', 'ALIAS')
                    ORDER BY position FORMAT TSVRaw
                    """.formatted(DATABASE, table))
                    .lines()
                    .map(line -> line.split("\t"))
                    .forEach(column -> {
                        columns.add(column[0]);
                        values.add(value(column[0], column[1]));
                    });
            administrator("INSERT INTO %s.%s (%s) SELECT %s"
                    .formatted(DATABASE, table, String.join(", ", columns), String.join(", ", values)));
        }
    }

    private static String value(String column, String type) {
        if (column.equals("organization_id")) {
            return "arrayJoin(['a', 'b'])";
        }
        if (column.equals("sign")) {
            return "1";
        }
        return type.startsWith("Date") ? "now()" : "defaultValueOfTypeName('%s')".formatted(type.replace("'", "\\'"));
    }

    private static List<String> tables() {
        return administrator("""
                SELECT DISTINCT table FROM system.columns
                WHERE database = '%1$s' AND name = 'organization_id'
                  AND table NOT IN (
                    SELECT name FROM system.tables WHERE database = '%1$s' AND engine = 'MaterializedView')
                ORDER BY table
                """.formatted(DATABASE)).lines().toList();
    }

    private static boolean isBronze(String table) {
        return BronzeTable.ALL.stream().anyMatch(bronze -> bronze.name().equals(table));
    }

    private static List<Need> needs() {
        List<Need> needs = new ArrayList<>();
        for (String table : tables()) {
            needs.add(new Need("quarry_reader", table, user -> readsOneTenant(user, table)));
            needs.add(new Need("quarry_refiner", table, user -> readsEveryTenant(user, table)));
            needs.add(new Need(
                    isBronze(table) ? "quarry_ingest" : "quarry_refiner", table, user -> inserts(user, table)));
        }
        needs.add(new Need("quarry_reader", "retention", user -> reads(user, "retention")));
        needs.add(new Need("quarry_reader", "announced_retention", user -> reads(user, "announced_retention")));
        needs.add(new Need("quarry_refiner", "event_retention", user -> reads(user, "event_retention")));
        return needs;
    }

    private static String readsOneTenant(String user, String table) {
        String organizations = "SELECT groupUniqArray(organization_id) FROM %s.%s".formatted(DATABASE, table);
        String own = ask(user, "a", organizations);
        String none = ask(user, "", organizations);
        return own.equals("['a']") && none.equals("[]") ? null : own + " and without a tenant " + none;
    }

    private static String readsEveryTenant(String user, String table) {
        String seen = ask(
                user, "", "SELECT arraySort(groupUniqArray(organization_id)) FROM %s.%s".formatted(DATABASE, table));
        return seen.equals("['a','b']") ? null : seen;
    }

    private static String inserts(String user, String table) {
        String answer =
                ask(user, "", "INSERT INTO %s.%s (organization_id) SELECT 'a' WHERE 0".formatted(DATABASE, table));
        return answer.isEmpty() ? null : answer;
    }

    private static String reads(String user, String view) {
        String answer = ask(user, "", "SELECT count() FROM %s.%s".formatted(DATABASE, view));
        return answer.equals("1") ? null : answer;
    }

    @Test
    void everyUserMayDoWhatItNeeds() {
        for (Need need : needs()) {
            assertEquals(null, need.check().problem(need.user()), need.toString());
        }
    }

    @Test
    void noUserMayDoMore() {
        for (String table : tables()) {
            String insert = "INSERT INTO %s.%s (organization_id) SELECT 'a' WHERE 0".formatted(DATABASE, table);
            assertEquals(DENIED, ask("quarry_reader", "a", insert), table);
            assertEquals(DENIED, ask(isBronze(table) ? "quarry_refiner" : "quarry_ingest", "", insert), table);
            assertEquals(
                    DENIED, ask("quarry_ingest", "", "SELECT count() FROM %s.%s".formatted(DATABASE, table)), table);
            for (String user : List.of("quarry_reader", "quarry_refiner", "quarry_ingest")) {
                assertEquals(DENIED, ask(user, "a", "DROP TABLE %s.%s".formatted(DATABASE, table)), table);
                assertEquals(DENIED, ask(user, "a", "TRUNCATE TABLE %s.%s".formatted(DATABASE, table)), table);
            }
        }
    }

    /** A user who lacks one grant or policy cannot do what it needs. On a cluster there are a few more. */
    @Test
    void everyGrantAndEveryPolicyIsNeeded() {
        List<Need> needs = needs();
        int lacking = 0;
        for (Map.Entry<String, List<Lacking>> removed : LACKING.entrySet()) {
            for (Lacking one : removed.getValue()) {
                List<String> problems = needs.stream()
                        .filter(need -> need.user().equals(one.user())
                                && removed.getKey().contains(need.table()))
                        .map(need -> need.check().problem(one.name()))
                        .filter(problem -> problem != null)
                        .toList();
                assertFalse(problems.isEmpty(), () -> one.user() + " does not need " + removed.getKey());
                lacking++;
            }
        }
        // Two grants of SELECT, one of INSERT and two policies for each table, and three views.
        assertEquals(5 * tables().size() + 3, lacking);
    }

    /** The migrator with exactly the grants that CLUSTER.md gives it. It fails only where users are stored. */
    @Test
    void theMigratorMayDoAllThatItDoes() {
        try (EngineProcess empty = EngineProcess.start(EngineProcess.Options.at(folder.resolve("empty"))
                .withLogFile(folder.resolve("empty.log"))
                .withRoleUsers(folder.resolve("users.xml"), Set.of("quarry_migrator")))) {
            MigratorSettings settings = settings(empty.url(), "quarry_migrator");
            MigrationException failure = assertThrows(MigrationException.class, () -> Migrator.migrate(settings));
            assertTrue(
                    GRANTED.stream()
                            .anyMatch(code -> failure.getMessage()
                                    .equals(
                                            "ClickHouse refused to set up its users, in a statement of db/access, with code "
                                                    + code + ".")),
                    failure.getMessage());
        }
        for (String statement : accessStatements()) {
            String code = ask("quarry_migrator", "", statement);
            assertFalse(code.equals(DENIED), statement);
            if (!statement.contains("SETTINGS")) {
                assertTrue(GRANTED.contains(code), () -> code + ": " + statement);
            }
        }
    }

    @Test
    void theMigratorNeedsEachOfItsGrants() {
        for (String grant : migratorGrants()) {
            List<String> denied = accessStatements().stream()
                    .filter(statement ->
                            ask(migratorWithout(grant), "", statement).equals(DENIED))
                    .toList();
            assertFalse(denied.isEmpty(), grant);
        }
    }

    /** All statements of db/access, with those that only a cluster gets. */
    private static List<String> accessStatements() {
        List<String> all = new ArrayList<>(statements);
        new AccessStatements(ACCESS, DATABASE, Optional.of(new Cluster("c", false).withShards(2)))
                .of(List.of()).stream()
                        .filter(statement -> !statements.contains(statement))
                        .filter(statement -> Stream.of("replicas", "system.clusters", DATABASE + "_")
                                .anyMatch(statement::contains))
                        .forEach(all::add);
        return all;
    }

    /** The SQL in CLUSTER.md that creates the migrator's user. */
    private static List<String> migratorStatements() {
        try {
            String page = Files.readString(Path.of("CLUSTER.md"));
            String sql = Pattern.compile("```sql\\n(CREATE USER quarry_migrator.+?)```", Pattern.DOTALL)
                    .matcher(page)
                    .results()
                    .map(block -> block.group(1))
                    .findFirst()
                    .orElseThrow();
            return Statements.of(sql);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static List<String> migratorGrants() {
        return migratorStatements().stream()
                .filter(statement -> statement.startsWith("GRANT"))
                .toList();
    }

    private static String migratorWithout(String grant) {
        return "quarry_migrator_without_" + migratorGrants().indexOf(grant);
    }

    private static String administrator(String sql) {
        String answer = send("default", "", sql);
        if (CODE.matcher(answer).find()) {
            throw new IllegalStateException(sql + ": " + answer);
        }
        return answer;
    }

    /** {@return the answer, or the code of the error} */
    private static String ask(String user, String tenant, String sql) {
        String answer = send(user, tenant, sql);
        var failure = CODE.matcher(answer);
        return failure.find() ? failure.group(1) : answer;
    }

    private static String send(String user, String tenant, String sql) {
        String settings = tenant.isEmpty() ? "" : "?" + EngineUsers.TENANT_SETTING + "=" + encoded(tenant);
        HttpRequest request = HttpRequest.newBuilder(URI.create(engine.url() + "/" + settings))
                .header("X-ClickHouse-User", user)
                .POST(BodyPublishers.ofString(sql))
                .build();
        try {
            HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
            return answer.body().strip();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
