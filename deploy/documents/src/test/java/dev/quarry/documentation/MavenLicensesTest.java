package dev.quarry.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The build's check of the Java libraries' licences, run on stand-ins: modules of our parent pom, each with a library of
 * another licence.
 */
class MavenLicensesTest {
    /** Below the project, so that Maven reads the project's settings. */
    private static final Path STAND_INS = Repository.MODULE.resolve("target/stand-ins");

    private static final Map<String, String> LICENSES = Map.of(
            "allowed", license("MIT"), "forbidden", license("GNU Affero General Public License v3.0"), "unknown", "");

    private record Run(int status, String output) {}

    @Test
    void aLibraryWithAForbiddenOrWithoutALicenseStopsTheBuild() throws Exception {
        assumeTrue(System.getProperty("quarry.maven.home") != null, "Maven does not run this test");
        write(
                "",
                parent(STAND_INS)
                        + """
                <artifactId>stand-ins</artifactId>
                <packaging>pom</packaging>
                <modules>%s</modules>
                """.formatted(LICENSES.keySet().stream()
                                .sorted()
                                .map(kind -> "<module>library-%1$s</module><module>%1$s</module>".formatted(kind))
                                .collect(Collectors.joining())));
        for (Map.Entry<String, String> kind : LICENSES.entrySet()) {
            String library = "<groupId>org.example</groupId><artifactId>library-%s</artifactId><version>1</version>"
                    .formatted(kind.getKey());
            write("library-" + kind.getKey(), library + "<packaging>pom</packaging>" + kind.getValue());
            write(kind.getKey(), parent(STAND_INS.resolve(kind.getKey())) + """
                    <artifactId>%s</artifactId>
                    <dependencies><dependency>%s<type>pom</type></dependency></dependencies>
                    """.formatted(kind.getKey(), library));
        }

        Run build = maven("org.codehaus.mojo:license-maven-plugin:add-third-party@licenses");

        assertNotEquals(0, build.status(), build::output);
        Map<String, String> outcomes = new TreeMap<>();
        Pattern.compile("(?m)^\\[INFO] (\\w+) (?:\\S+ )?\\.+ ([A-Z]+)")
                .matcher(build.output())
                .results()
                .forEach(line -> outcomes.put(line.group(1), line.group(2)));
        assertEquals(
                Map.of("allowed", "SUCCESS", "forbidden", "FAILURE", "unknown", "FAILURE"), outcomes, build::output);
        assertTrue(build.output().contains("GNU Affero General Public License v3.0"), build::output);
    }

    private static String license(String name) {
        return "<licenses><license><name>%s</name></license></licenses>".formatted(name);
    }

    private static String parent(Path folder) {
        return """
                <parent>
                    <groupId>dev.quarry</groupId>
                    <artifactId>quarry</artifactId>
                    <version>%s</version>
                    <relativePath>%s</relativePath>
                </parent>
                """.formatted(
                        System.getProperty("quarry.version"), folder.relativize(Repository.ROOT.resolve("pom.xml")));
    }

    private static void write(String module, String elements) throws IOException {
        Path folder = Files.createDirectories(STAND_INS.resolve(module));
        Files.writeString(
                folder.resolve("pom.xml"),
                "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion>%s</project>"
                        .formatted(elements));
    }

    private static Run maven(String goal) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("quarry.maven.home"), "bin/mvn")
                                .toString(),
                        "-f",
                        STAND_INS.toString(),
                        "--fail-at-end",
                        "-Dmaven.repo.local=" + System.getProperty("quarry.maven.repository"),
                        goal)
                .redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), output);
    }
}
