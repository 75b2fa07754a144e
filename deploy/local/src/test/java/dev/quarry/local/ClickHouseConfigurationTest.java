package dev.quarry.local;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * How ClickHouse merges our files into its default configuration. It adds an element that the default does not have, and does
 * not read one that it does not know: a slip in a name would change nothing, without a word.
 */
class ClickHouseConfigurationTest {
    private static final Path PROJECT = Path.of(System.getProperty("quarry.home"));
    private static final Path FOLDER = PROJECT.resolve("deploy/compose/clickhouse");
    private static final String LIST = "clickhouse-elements.txt";
    private static final Pattern LINE = Pattern.compile("(\\S+\\.xml) (/\\S+)(?: +(\\S.*))?");

    private static String list;
    private static List<Listed> listed;

    /**
     * A line of the list.
     *
     * @param path as XPath, below the root element
     * @param reason for an addition; empty for an element of the default configuration
     */
    private record Listed(String file, String path, String reason) {
        boolean isDefault() {
            return reason.isEmpty();
        }
    }

    @BeforeAll
    static void readList() throws IOException {
        try (InputStream file = ClickHouseConfigurationTest.class.getResourceAsStream(LIST)) {
            list = new String(file.readAllBytes(), StandardCharsets.UTF_8);
        }
        listed = new ArrayList<>();
        list.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).forEach(line -> {
            Matcher matcher = LINE.matcher(line);
            assertTrue(matcher.matches(), line);
            listed.add(
                    new Listed(matcher.group(1), matcher.group(2), matcher.group(3) == null ? "" : matcher.group(3)));
        });
    }

    @Test
    void listIsOfTheVersionThatRuns() throws IOException {
        Matcher image = Pattern.compile("(?m)^CLICKHOUSE_IMAGE=[^:]+:(\\d+\\.\\d+)")
                .matcher(Files.readString(PROJECT.resolve("deploy/containers/images.env")));
        assertTrue(image.find());
        assertTrue(list.startsWith("# For ClickHouse " + image.group(1) + ":"), image::group);
    }

    @ParameterizedTest
    @ValueSource(strings = {"config.xml", "users.xml", "backup-s3.xml"})
    void everyElementIsOfTheDefaultConfigurationOrAnAdditionWithAReason(String file) throws Exception {
        assertEquals(paths(file, element -> true), new TreeSet<>(elements(file).keySet()));
    }

    /** ClickHouse does not read the value of the attribute. Without an element in the default, it removes nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"config.xml", "users.xml", "backup-s3.xml"})
    void onlyElementsOfTheDefaultConfigurationAreRemovedOrReplaced(String file) throws Exception {
        Set<String> defaults = paths(file, Listed::isDefault);
        elements(file).forEach((path, element) -> {
            assertTrue(element.getAttributes().getLength() <= 1, path);
            for (String attribute : attributes(element)) {
                switch (attribute) {
                    case "from_env" -> assertFalse(element.hasChildNodes(), path);
                    case "remove" -> {
                        assertEquals("remove", element.getAttribute(attribute), path);
                        assertFalse(element.hasChildNodes(), path);
                        assertTrue(defaults.contains(path), path);
                    }
                    case "replace" -> {
                        assertEquals("replace", element.getAttribute(attribute), path);
                        assertTrue(defaults.contains(path), path);
                    }
                    default -> throw new AssertionError(path + ": " + attribute);
                }
            }
        });
    }

    /** Each would grow without end. ClickHouse does not start with a ttl beside the engine of a log. */
    @Test
    void everySystemLogIsLimitedOrOff() throws Exception {
        Map<String, Element> elements = elements("config.xml");
        Set<String> defaults = paths("config.xml", Listed::isDefault);
        List<String> logs =
                defaults.stream().filter(path -> path.matches("/\\w+_log")).toList();
        assertTrue(logs.size() > 20, logs::toString);
        for (String log : logs) {
            Element element = elements.get(log);
            boolean limitedByEngine = elements.containsKey(log + "/engine")
                    && elements.get(log + "/engine")
                            .getTextContent()
                            .matches("(?s).* TTL \\w+ \\+ INTERVAL \\d+ DAY DELETE\\s*");
            boolean limited = elements.containsKey(log + "/ttl")
                    && elements.get(log + "/ttl").getTextContent().matches("\\w+ \\+ INTERVAL \\d+ DAY DELETE");
            assertEquals(
                    1,
                    List.of(limitedByEngine, limited, element.hasAttribute("remove")).stream()
                            .filter(way -> way)
                            .count(),
                    log);
            assertEquals(defaults.contains(log + "/engine"), limitedByEngine, log);
            assertEquals(limitedByEngine, element.hasAttribute("replace"), log);
        }
    }

    private static Set<String> paths(String file, Predicate<Listed> which) {
        return listed.stream()
                .filter(element -> element.file().equals(file) && which.test(element))
                .map(Listed::path)
                .collect(toSet());
    }

    /** {@return by XPath, below the root element} A name that occurs twice beside each other is an error. */
    private static Map<String, Element> elements(String file) throws Exception {
        Element root = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(FOLDER.resolve(file).toFile())
                .getDocumentElement();
        assertEquals("clickhouse", root.getTagName(), file);
        Map<String, Element> elements = new LinkedHashMap<>();
        addChildren(root, "", elements);
        return elements;
    }

    private static void addChildren(Element parent, String path, Map<String, Element> elements) {
        for (Node child = parent.getFirstChild(); child != null; child = child.getNextSibling()) {
            if (child instanceof Element element) {
                String name = path + "/" + element.getTagName();
                assertFalse(elements.containsKey(name), name);
                elements.put(name, element);
                addChildren(element, name, elements);
            }
        }
    }

    private static List<String> attributes(Element element) {
        List<String> names = new ArrayList<>();
        for (int index = 0; index < element.getAttributes().getLength(); index++) {
            names.add(element.getAttributes().item(index).getNodeName());
        }
        return names;
    }
}
