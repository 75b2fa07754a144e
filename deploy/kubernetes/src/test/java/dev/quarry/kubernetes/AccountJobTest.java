package dev.quarry.kubernetes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.quarry.schema.accounts.AccountsCommand;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The Job to edit that runs one command for organisations and keys. It is in no rendering. */
class AccountJobTest {
    private static final JsonNode JOB = read("account-job.yaml");
    private static final JsonNode CONTAINER = JOB.at("/spec/template/spec/containers/0");

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

    @Test
    void theProgramReadsItsVariables() {
        String help = run(List.of("--help")).output();
        assertFalse(CONTAINER.path("env").isEmpty());
        CONTAINER
                .path("env")
                .forEach(variable ->
                        assertTrue(help.contains(variable.path("name").asText()), variable::toString));
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

    private static JsonNode read(String file) {
        return Rendering.yaml(Rendering.read(Rendering.HOME.resolve(file)))
                .findFirst()
                .orElseThrow();
    }

    private static Run run(List<String> arguments) {
        var bytes = new ByteArrayOutputStream();
        var stream = new PrintStream(bytes, true, StandardCharsets.UTF_8);
        int status = AccountsCommand.run(
                arguments, Map.of("QUARRY_POSTGRES_URL", "jdbc:postgresql://127.0.0.1:1/quarry"), stream, stream);
        return new Run(status, bytes.toString(StandardCharsets.UTF_8));
    }
}
