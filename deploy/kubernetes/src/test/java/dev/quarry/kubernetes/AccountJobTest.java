package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.schema.ClickHouseAddress;
import dev.quarry.schema.accounts.AccountsCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The Job to edit that runs one command: for organisations and keys, or to erase, verify or exclude users. It is in no rendering. */
class AccountJobTest {
    private static final JsonNode JOB = read("account-job.yaml");
    private static final JsonNode CONTAINER = JOB.at("/spec/template/spec/containers/0");

    private static final String NOWHERE = "jdbc:postgresql://127.0.0.1:1/quarry";

    private record Run(int status, String output) {}

    @Test
    void itFitsItsSchema() {
        ObjectNode named = JOB.deepCopy();
        assertEquals(
                "account-",
                ((ObjectNode) named.path("metadata")).remove("generateName").asText());
        ((ObjectNode) named.path("metadata")).put("name", "account-1");
        assertEquals("", SchemaTest.faults(new Manifest(JOB)));
        assertEquals("", SchemaTest.faults(new Manifest(named)));
    }

    /** The program understands the arguments: it fails for want of a database, and not as after wrong arguments. */
    @Test
    void itsArgumentsAreACommand() {
        List<String> arguments =
                CONTAINER.path("args").valueStream().map(JsonNode::asText).toList();
        assertEquals(AccountsCommand.class.getName(), arguments.getFirst());

        Run run = run(arguments.subList(1, arguments.size()));

        assertEquals(1, run.status(), run.output());
        assertTrue(run.output().startsWith("PostgreSQL cannot be reached"), run.output());
        assertTrue(arguments.getLast().startsWith("--secret-file="), "no log gets the key");
    }

    /** The programs understand the README's arguments: they fail for want of a database, and not as after wrong ones. */
    @Test
    void theOtherArgumentsOfTheReadmeAreCommands() throws Exception {
        List<List<String>> commands = Rendering.read(Rendering.HOME.resolve("README.md"))
                .lines()
                .filter(line -> line.startsWith("args: "))
                .flatMap(Rendering::yaml)
                .map(line ->
                        line.path("args").valueStream().map(JsonNode::asText).toList())
                .toList();
        assertEquals(3, commands.size());
        for (List<String> command : commands) {
            Run run = runElsewhere(command);
            assertEquals(1, run.status(), run.output());
            assertTrue(run.output().contains("127.0.0.1:1"), run.output());
        }
    }

    /** The help of accounts names their variables; the other programs read the migrator's. */
    @Test
    void theProgramsReadItsVariables() {
        String help = run(List.of("--help")).output();
        Set<String> others = SettingsTest.readByMigrator(Map.of());
        assertFalse(CONTAINER.path("env").isEmpty());
        CONTAINER.path("env").forEach(variable -> {
            String name = variable.path("name").asText();
            assertTrue(help.contains(name) || others.contains(name), name);
        });
    }

    @Test
    void itReachesTheStoresAsTheMigrationDoes() {
        Workload migration = Rendering.PRODUCTION.workloads().stream()
                .filter(Workload::isMigration)
                .findFirst()
                .orElseThrow();
        Settings settings = Settings.of(Rendering.PRODUCTION, migration);
        Map<String, String> values = CONTAINER
                .path("env")
                .valueStream()
                .filter(variable -> variable.has("value"))
                .collect(toMap(
                        variable -> variable.path("name").asText(),
                        variable -> variable.path("value").asText()));
        for (String variable : List.of(
                "QUARRY_POSTGRES_URL",
                "QUARRY_POSTGRES_USER",
                "QUARRY_CLICKHOUSE_URL",
                "QUARRY_CLICKHOUSE_DATABASE",
                "QUARRY_CLICKHOUSE_USER")) {
            assertEquals(settings.values().get(variable), values.get(variable), variable);
        }
        for (String variable : List.of("QUARRY_POSTGRES_PASSWORD", "QUARRY_CLICKHOUSE_PASSWORD")) {
            assertEquals(variable(migration.containers().getFirst(), variable), variable(CONTAINER, variable));
        }
        assertEquals("", values.get("QUARRY_CLICKHOUSE_CLUSTER"), "to fill in");
        assertEquals(Optional.empty(), ClickHouseAddress.from(values).cluster());
    }

    /** Whoever erases events needs no Secret of a new key. */
    @Test
    void onlyTheSecretOfAKeyMayBeMissing() {
        JsonNode volumes = JOB.at("/spec/template/spec/volumes");
        assertEquals("[true]", volumes.findValues("optional").toString());
        assertEquals("new-key", volumes.findValue("secretName").asText());
        CONTAINER
                .path("env")
                .forEach(variable -> assertTrue(
                        variable.at("/valueFrom/secretKeyRef/optional").isMissingNode(), variable::toString));
    }

    @Test
    void itIsAsSafeAsTheMigration() {
        JsonNode migration = read("base/migrate/job.yaml");
        for (String field : List.of(
                "/spec/template/spec/securityContext",
                "/spec/template/spec/serviceAccountName",
                "/spec/template/spec/automountServiceAccountToken",
                "/spec/template/spec/containers/0/securityContext")) {
            assertFalse(JOB.at(field).isMissingNode(), field);
            assertEquals(migration.at(field), JOB.at(field), field);
        }
        assertEquals(0, JOB.at("/spec/backoffLimit").asInt(-1), "a second attempt would be refused");
        assertEquals(
                "migration",
                JOB.at("/spec/template/metadata/labels/app.kubernetes.io~1component")
                        .asText());
    }

    private static JsonNode variable(JsonNode container, String name) {
        return container
                .path("env")
                .valueStream()
                .filter(variable -> variable.path("name").asText().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static JsonNode read(String file) {
        return Rendering.yaml(Rendering.read(Rendering.HOME.resolve(file)))
                .findFirst()
                .orElseThrow();
    }

    private static Run run(List<String> arguments) {
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = AccountsCommand.run(arguments, Map.of("QUARRY_POSTGRES_URL", NOWHERE), stream, stream);
        return new Run(status, bytes.toString(StandardCharsets.UTF_8));
    }

    /** In a JVM of its own, as in the image: these programs end theirs. */
    private static Run runElsewhere(List<String> command) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"));
        builder.command().addAll(command);
        builder.environment().put("QUARRY_POSTGRES_URL", NOWHERE);
        builder.environment().put("QUARRY_CLICKHOUSE_URL", "http://127.0.0.1:1");
        Process process = builder.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }
}
