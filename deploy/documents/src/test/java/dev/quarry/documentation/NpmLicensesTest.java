package dev.quarry.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The licences of the npm packages in all lock files. Maven checks those of the Java libraries by the same list. */
class NpmLicensesTest {
    private static final Pattern ALTERNATIVES = Pattern.compile("\\((.+)\\)");

    private static final Set<String> ALLOWED = Repository.read(Repository.ROOT.resolve("deploy/licenses/allowed.txt"))
            .lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .collect(Collectors.toUnmodifiableSet());

    @Test
    void everyPackageHasAnAllowedLicense() {
        List<Path> lockFiles = Repository.named("package-lock.json");
        assertTrue(lockFiles.size() >= 5, lockFiles::toString);
        List<String> refused = new ArrayList<>();
        for (Path file : lockFiles) {
            Map<String, Map<String, Object>> packages = packages(file);
            assertFalse(packages.isEmpty(), file::toString);
            packages.forEach((name, entry) -> {
                if (!isAllowed(entry.get("license"))) {
                    refused.add("%s: %s: %s".formatted(Repository.ROOT.relativize(file), name, entry.get("license")));
                }
            });
        }
        assertEquals(List.of(), refused);
    }

    @Test
    void aPackageNeedsOneAllowedLicense() {
        assertTrue(isAllowed("MIT"));
        assertTrue(isAllowed("(GPL-3.0-only OR MIT)"));
        assertFalse(isAllowed("GPL-3.0-only"));
        assertFalse(isAllowed("(MIT AND GPL-3.0-only)"));
        assertFalse(isAllowed("SEE LICENSE IN LICENSE.txt"));
        assertFalse(isAllowed(null));
    }

    /** @param license an SPDX expression, as npm writes it */
    private static boolean isAllowed(Object license) {
        if (!(license instanceof String expression)) {
            return false;
        }
        String alternatives = ALTERNATIVES.matcher(expression).replaceFirst("$1");
        return Arrays.stream(alternatives.split(" OR ", -1)).anyMatch(ALLOWED::contains);
    }

    /** A lock file is JSON, which is also YAML. */
    private static Map<String, Map<String, Object>> packages(Path file) {
        Map<String, Map<String, Map<String, Object>>> lock =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(Repository.read(file));
        return lock.get("packages");
    }
}
