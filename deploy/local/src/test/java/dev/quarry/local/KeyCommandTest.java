package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.schema.BackupCommand;
import dev.quarry.schema.ExcludeUsersCommand;
import dev.quarry.schema.accounts.AccountsCommand;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How {@code ./quarry org|key|...} and {@code ./quarry exclude-users} find the database, and {@code ./quarry backup} the
 * backups. They run in a copy of the project that counts as built, with a script in Java's place that prints its arguments
 * and variables.
 */
class KeyCommandTest {
    private static final Path COMMAND = Path.of(System.getProperty("quarry.home"), "quarry");
    private static final List<String> ARTIFACTS = List.of(
            "deploy/local/target/quarry-local.jar",
            "deploy/bench/bare/target/quarkus-app/quarkus-run.jar",
            "apps-analytics-service/target/quarkus-app/quarkus-run.jar",
            "product-metrics-service/target/quarkus-app/quarkus-run.jar",
            "integration-analytics-service/target/quarkus-app/quarkus-run.jar",
            "org-analytics-service/target/quarkus-app/quarkus-run.jar",
            ".quarry/built");

    private record Result(int status, String output) {}

    @TempDir
    Path project;

    @BeforeEach
    void aBuiltProject() throws IOException {
        Files.copy(COMMAND, project.resolve("quarry"));
        for (String artifact : ARTIFACTS) {
            Files.createDirectories(project.resolve(artifact).getParent());
            Files.createFile(project.resolve(artifact));
        }
        Path jdk = Files.createDirectories(project.resolve("jdk/bin")).getParent();
        Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"25.0.1\"\n");
        for (String program : List.of("java", "javac")) {
            Path file = Files.writeString(jdk.resolve("bin").resolve(program), """
                            #!/bin/sh
                            echo "arguments: $*"
                            echo "database: $QUARRY_POSTGRES_URL $QUARRY_POSTGRES_PASSWORD"
                            echo "backups: $QUARRY_BACKUP_DIRECTORY"
                            echo "locale: $LC_ALL"
                            """);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"org", "key", "app", "workspace", "member", "session"})
    void usesTheRunningStack(String kind) throws Exception {
        stores(project.resolve(".quarry"), "jdbc:postgresql://127.0.0.1:1/quarry");

        Result result = run(Map.of(), kind, "list", "--json");

        assertEquals(0, result.status(), result.output());
        assertTrue(
                result.output().contains(" " + AccountsCommand.class.getName() + " " + kind + " list --json\n"),
                result.output());
        assertTrue(result.output().contains("database: jdbc:postgresql://127.0.0.1:1/quarry it's secret\n"));
        assertFalse(result.output().lines().findFirst().orElseThrow().contains("secret"), "ps shows arguments");
    }

    @Test
    void excludesUsersInTheRunningStack() throws Exception {
        stores(project.resolve(".quarry"), "jdbc:postgresql://127.0.0.1:1/quarry");

        Result result = run(Map.of(), "exclude-users", "add", "--organization=org_acme", "anna's bot");

        assertTrue(
                result.output()
                        .contains(" " + ExcludeUsersCommand.class.getName()
                                + " add --organization=org_acme anna's bot\n"),
                result.output());
        assertTrue(result.output().contains("database: jdbc:postgresql://127.0.0.1:1/quarry it's secret\n"));
    }

    @Test
    void usesTheStackOfADirectory() throws Exception {
        stores(project.resolve("elsewhere"), "jdbc:postgresql://127.0.0.1:2/quarry");

        Result result = run(Map.of(), "key", "list", "--data=" + project.resolve("elsewhere"));

        assertTrue(result.output().contains(" key list\n"), result.output());
        assertTrue(result.output().contains("database: jdbc:postgresql://127.0.0.1:2/quarry"), result.output());
    }

    @Test
    void usesTheStackThatWasStartedInADirectory() throws Exception {
        Map<String, String> server = Map.of("QUARRY_CLICKHOUSE_URL", "http://127.0.0.1:1");
        Result up = run(server, "up", "--data=elsewhere");
        assertTrue(up.output().contains(" " + LocalStack.class.getName() + " --data=elsewhere\n"), up.output());
        stores(project.resolve("elsewhere"), "jdbc:postgresql://127.0.0.1:2/quarry");
        run(server, "up", "--help");

        Result result = run(Map.of(), "key", "list");

        assertTrue(result.output().contains("database: jdbc:postgresql://127.0.0.1:2/quarry"), result.output());
    }

    @Test
    void usesTheStackThatRunsOnAServerOfTheEnvironment() throws Exception {
        stores(project.resolve(".quarry"), "jdbc:postgresql://127.0.0.1:1/quarry");
        Files.writeString(
                project.resolve(".quarry/stores.env"),
                "QUARRY_CLICKHOUSE_URL='http://server:8123'\n",
                StandardOpenOption.APPEND);

        Result same = run(Map.of("QUARRY_CLICKHOUSE_URL", "http://server:8123"), "key", "list");
        assertTrue(same.output().contains("database: jdbc:postgresql://127.0.0.1:1/quarry"), same.output());

        Result other = run(Map.of("QUARRY_CLICKHOUSE_URL", "http://another:8123"), "key", "list");
        assertTrue(other.output().contains("database:  \n"), other.output());
    }

    @Test
    void usesAnyOtherDatabase() throws Exception {
        Result byVariable = run(Map.of("QUARRY_POSTGRES_URL", "jdbc:postgresql://db:5432/quarry"), "key", "list");
        assertTrue(byVariable.output().contains("database: jdbc:postgresql://db:5432/quarry"), byVariable.output());

        Result byOption = run(
                Map.of("QUARRY_POSTGRES_PASSWORD", "secret"),
                "key",
                "list",
                "--postgres-url=jdbc:postgresql://db:5432/quarry");
        assertTrue(
                byOption.output().contains(" key list --postgres-url=jdbc:postgresql://db:5432/quarry\n"),
                byOption.output());
        assertTrue(byOption.output().contains("database:  secret\n"), byOption.output());
    }

    @Test
    void reportsThatNoStackRuns() throws Exception {
        Result result = run(Map.of(), "key", "list");

        assertEquals(1, result.status());
        assertTrue(result.output().contains("no stack runs"), result.output());
    }

    @Test
    void listsTheBackupsOfAStackThatDoesNotRun() throws Exception {
        Result usual = run(Map.of(), "backup", "list");
        assertEquals(0, usual.status(), usual.output());
        assertTrue(usual.output().contains(" " + BackupCommand.class.getName() + " backup list\n"), usual.output());
        assertTrue(usual.output().contains("backups: " + directory(".quarry/backups") + "\n"), usual.output());

        Result named = run(Map.of(), "backup", "list", "--data=elsewhere");
        assertTrue(named.output().contains(" backup list\n"), named.output());
        assertTrue(named.output().contains("backups: " + directory("elsewhere/backups") + "\n"), named.output());

        run(Map.of("QUARRY_CLICKHOUSE_URL", "http://127.0.0.1:1"), "up", "--data=elsewhere");
        Result last = run(Map.of(), "backup", "list");
        assertTrue(last.output().contains("backups: " + directory("elsewhere/backups") + "\n"), last.output());

        Result byVariable = run(Map.of("QUARRY_BACKUP_DIRECTORY", "/nas"), "backup", "list");
        assertTrue(byVariable.output().contains("backups: /nas\n"), byVariable.output());

        assertEquals(1, run(Map.of(), "backup", "--full").status());
    }

    @Test
    void listsTheBackupsOfTheRunningStack() throws Exception {
        stores(project.resolve(".quarry"), "jdbc:postgresql://127.0.0.1:1/quarry");
        Files.writeString(
                project.resolve(".quarry/stores.env"), "QUARRY_BACKUP_DIRECTORY='/nas'\n", StandardOpenOption.APPEND);

        Result result = run(Map.of(), "backup", "list");

        assertTrue(result.output().contains("backups: /nas\n"), result.output());
    }

    /** A directory of the project, as the command names it. */
    private Path directory(String name) throws IOException {
        return project.toRealPath().resolve(name);
    }

    @Test
    void printsItsHelpWithoutADatabase() throws Exception {
        Result result = run(Map.of(), "key", "--help");

        assertEquals(0, result.status(), result.output());
        assertTrue(result.output().contains(" key --help\n"), result.output());
    }

    @ParameterizedTest
    @ValueSource(strings = {"load", "erase", "exclude-users"})
    void printsItsHelpWithoutAStackAndArguments(String command) throws Exception {
        Result result = run(Map.of(), command);

        assertEquals(0, result.status(), result.output());
        assertTrue(result.output().contains("arguments: "), result.output());
        assertFalse(result.output().contains("no stack runs"), result.output());
    }

    private static void stores(Path directory, String url) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(
                directory.resolve("stores.env"),
                "QUARRY_POSTGRES_URL=%s%nQUARRY_POSTGRES_PASSWORD=%s%n"
                        .formatted(StoreVariables.quoted(url), StoreVariables.quoted("it's secret")));
    }

    /** Java would read another name than the one that was typed. */
    @Test
    void javaGetsALocaleWithUtf8() throws Exception {
        stores(project.resolve(".quarry"), "jdbc:postgresql://127.0.0.1:1/quarry");

        Result result = run(Map.of("LC_ALL", "C"), "erase", "--organization=org_acme", "--user=anna");
        assertTrue(
                result.output().contains("locale: C.UTF-8\n") || result.output().contains("locale: en_US.UTF-8\n"),
                result.output());
    }

    private Result run(Map<String, String> variables, String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of("bash", project.resolve("quarry").toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(project.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("QUARRY_"));
        builder.environment().put("JAVA_HOME", project.resolve("jdk").toString());
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
