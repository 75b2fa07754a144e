package dev.quarry.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The licences of the npm packages in all lock files. Maven checks those of the Java libraries by the same list. */
class NpmLicensesTest {
    private static final Pattern ALTERNATIVES = Pattern.compile("\\(([^()]+)\\)");

    private static final Set<String> ALLOWED = Repository.read(Repository.ROOT.resolve("deploy/licenses/allowed.txt"))
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .collect(Collectors.toUnmodifiableSet());

    @Test
    void everyPackageHasAnAllowedLicense() {
        List<Path> lockFiles = Repository.named("package-lock.json");
        assertTrue(lockFiles.size() >= 5, lockFiles::toString);
        for (Path file : lockFiles) {
            assertEquals(
                    List.of(),
                    refused(file),
                    () -> Repository.ROOT.relativize(file).toString());
        }
    }

    @Test
    void aPackageWithAForbiddenOrWithoutALicenseIsRefused(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("package-lock.json"), """
                {
                  "name": "stand-in",
                  "lockfileVersion": 3,
                  "packages": {
                    "": { "name": "stand-in", "license": "Apache-2.0" },
                    "node_modules/allowed": { "version": "1.0.0", "license": "MIT" },
                    "node_modules/forbidden": { "version": "1.0.0", "license": "AGPL-3.0-only" },
                    "node_modules/allowed/node_modules/unknown": { "version": "1.0.0" }
                  }
                }
                """);
        assertEquals(
                List.of("node_modules/forbidden: AGPL-3.0-only", "node_modules/allowed/node_modules/unknown: null"),
                refused(file));
    }

    @Test
    void aPackageNeedsOneAllowedLicense() {
        assertTrue(isAllowed("MIT"));
        assertTrue(isAllowed("(GPL-3.0-only OR MIT)"));
        assertFalse(isAllowed("GPL-3.0-only"));
        assertFalse(isAllowed("(MIT AND GPL-3.0-only)"));
        assertFalse(isAllowed("(MIT OR ISC) AND GPL-3.0-only"));
        assertFalse(isAllowed("(MIT OR ISC) AND (GPL-3.0-only)"));
        assertFalse(isAllowed("SEE LICENSE IN LICENSE.txt"));
        assertFalse(isAllowed(null));
    }

    /** @param license an SPDX expression, as npm writes it */
    private static boolean isAllowed(Object license) {
        if (!(license instanceof String expression)) {
            return false;
        }
        Matcher alternatives = ALTERNATIVES.matcher(expression);
        String[] licenses = (alternatives.matches() ? alternatives.group(1) : expression).split(" OR ", -1);
        return Arrays.stream(licenses).anyMatch(ALLOWED::contains);
    }

    /** {@return the packages of a lock file without an allowed licence} */
    private static List<String> refused(Path file) {
        Map<String, Map<String, Object>> packages = packages(file);
        assertFalse(packages.isEmpty(), file::toString);
        return packages.entrySet().stream()
                .filter(entry -> !isAllowed(entry.getValue().get("license")))
                .map(entry -> entry.getKey() + ": " + entry.getValue().get("license"))
                .toList();
    }

    /** A lock file is JSON, which is also YAML. */
    private static Map<String, Map<String, Object>> packages(Path file) {
        Map<String, Map<String, Map<String, Object>>> lock =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(Repository.read(file));
        return lock.get("packages");
    }
}
