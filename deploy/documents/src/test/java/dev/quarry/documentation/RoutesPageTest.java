package dev.quarry.documentation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Compares {@code deploy/ROUTES.md} with the committed OpenAPI documents. */
class RoutesPageTest {
    private static final Path PAGE = Repository.ROOT.resolve("deploy/ROUTES.md");
    private static final Pattern SECTION = Pattern.compile("## \\[([a-z-]+)].*");
    private static final Pattern ROUTE = Pattern.compile("\\| `GET ([^`]+)` \\| \\[(\\w+)]\\((\\S+)\\) \\|");

    @Test
    void listsTheRoutesOfTheDocuments() {
        Map<String, Set<String>> listed = new TreeMap<>();
        String service = "";
        for (String line : Repository.read(PAGE).lines().toList()) {
            Matcher section = SECTION.matcher(line);
            Matcher route = ROUTE.matcher(line);
            if (section.matches()) {
                service = section.group(1);
            } else if (route.matches()) {
                assertTrue(listed.computeIfAbsent(service, _ -> new TreeSet<>()).add(route.group(1)), line);
                assertEquals(
                        route.group(2) + ".java",
                        Path.of(route.group(3)).getFileName().toString(),
                        line);
                assertTrue(route.group(3).startsWith("../" + service + "/"), line);
            }
        }
        Map<String, Set<String>> documented = new TreeMap<>();
        Repository.SERVICES.forEach(one -> documented.put(one, new TreeSet<>(Repository.paths(one))));
        assertEquals(documented, listed);
    }
}
