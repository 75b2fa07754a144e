package dev.quarry.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * With what {@code ./quarry native} compiles, and what it says where it cannot. A script in Maven's place tells what it was
 * asked, and the machine has the container commands that a test gives it.
 */
class NativeCommandTest {
    private static final Path COMMAND = Path.of(System.getProperty("quarry.home"), "quarry");
    private static final List<String> TOOLS = List.of("dirname", "head", "readlink", "sed");

    private record Result(int status, String output) {}

    @TempDir
    Path machine;

    @BeforeEach
    void aMachineWithMaven() throws IOException {
        Programs.link(TOOLS, machine.resolve("bin"));
        command("bin/mvn", "if [ \"$1\" = --version ]; then echo Apache Maven 3.9.9; else echo \"asked: $*\"; fi");
    }

    @Test
    void compilesWithTheGraalVmThatIsSet() throws Exception {
        graalVm("25.0.4");
        Result result = run(Map.of("GRAALVM_HOME", machine.resolve("graalvm").toString()), "--offline");

        assertEquals(0, result.status(), result.output());
        assertTrue(result.output().contains("asked: package -DskipTests -Dnative "), result.output());
        assertTrue(result.output().contains(" --offline\n"), result.output());
        assertFalse(result.output().contains("container"), result.output());
    }

    @Test
    void compilesInAContainerOtherwise() throws Exception {
        command("bin/docker", "exit 1");
        command("bin/podman", "exit 0");
        Result result = run(Map.of());

        assertEquals(0, result.status(), result.output());
        assertTrue(
                result.output()
                        .contains(" -Dquarkus.native.container-build=true -Dquarkus.native.container-runtime=podman "),
                result.output());
    }

    @Test
    void reportsMissingPrograms() throws Exception {
        assertFails("no compiler found: set GRAALVM_HOME", run(Map.of()));
    }

    @Test
    void reportsAMissingContainerRuntime() throws Exception {
        command("bin/docker", "exit 1");

        assertFails("or start Docker or Podman", run(Map.of()));
    }

    @Test
    void reportsAGraalVmHomeWithoutGraalVm() throws Exception {
        assertFails("has no bin/native-image", run(Map.of("GRAALVM_HOME", "/nowhere")));
    }

    @Test
    void reportsAGraalVmThatIsTooOld() throws Exception {
        graalVm("21.0.8");
        Result result = run(Map.of("GRAALVM_HOME", machine.resolve("graalvm").toString()));

        assertFails("is not for JDK 25 or later", result);
    }

    private static void assertFails(String message, Result result) {
        assertEquals(1, result.status(), result.output());
        assertTrue(result.output().startsWith("quarry: "), result.output());
        assertTrue(result.output().contains(message), result.output());
        assertFalse(result.output().contains("asked:"), result.output());
    }

    private void graalVm(String version) throws IOException {
        command("graalvm/bin/native-image", "exit 0");
        command("graalvm/bin/javac", "exit 0");
        Files.writeString(machine.resolve("graalvm/release"), "JAVA_VERSION=\"" + version + "\"\n");
    }

    private void command(String path, String script) throws IOException {
        Path file = machine.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Result run(Map<String, String> environment, String... options) throws Exception {
        ProcessBuilder builder = new ProcessBuilder("/bin/bash", COMMAND.toString(), "native");
        builder.command().addAll(List.of(options));
        builder.environment().clear();
        builder.environment().put("PATH", machine.resolve("bin").toString());
        builder.environment().put("HOME", machine.toString());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().putAll(environment);
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
