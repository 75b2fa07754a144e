package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.schema.accounts.AccountsCommand;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/** Arguments that Java could not decode. */
class CommandArgumentsTest {
    private static final String UNDECODED = "--organization=\uFFFD";

    /** As in a shell with LC_ALL=C and a terminal with UTF-8. */
    @Test
    void aUserThatTheLocaleCannotDecodeIsNotTakenForAnotherOne() throws Exception {
        ProcessBuilder program = new ProcessBuilder(
                "bash",
                "-c",
                "exec \"$0\" -cp \"$1\" \"$2\" --organization=org_a --user=$'m\\xc3\\xbcller'",
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                System.getProperty("java.class.path"),
                EraseCommand.class.getName());
        program.environment().put("LC_ALL", "C");
        program.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = program.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertEquals(2, process.waitFor(), output);
        assertTrue(output.startsWith("\"--user=m"), output);
        assertTrue(output.contains("ller\" is not text in "), output);
    }

    @Test
    void everyCommandRefusesThem() {
        Map<String, ToIntFunction<PrintStream>> commands = Map.of(
                "exclude-users",
                err -> ExcludeUsersCommand.run(
                        List.of("list", UNDECODED),
                        CommandArgumentsTest::neverOpened,
                        Clock.systemUTC(),
                        new ByteArrayInputStream(new byte[0]),
                        err,
                        err),
                "verify",
                err -> VerifyCommand.run(List.of(UNDECODED), Map.of(), err, err),
                "backup",
                err -> BackupCommand.run(List.of("backup", UNDECODED), Map.of(), Clock.systemUTC(), err, err),
                "key",
                err -> AccountsCommand.run(List.of("key", "list", UNDECODED), Map.of(), err, err));
        commands.forEach((name, command) -> {
            ByteArrayOutputStream output = new ByteArrayOutputStream();
            int status = command.applyAsInt(new PrintStream(output, true, StandardCharsets.UTF_8));
            String told = output.toString(StandardCharsets.UTF_8);
            assertTrue(told.startsWith("\"" + UNDECODED + "\" is not text in "), name + ": " + told);
            assertEquals(2, status, name);
        });
    }

    private static ExcludedUsers neverOpened(String organization) {
        throw new AssertionError("Opened for " + organization);
    }
}
