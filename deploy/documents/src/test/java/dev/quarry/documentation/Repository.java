package dev.quarry.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The files of this repository. */
final class Repository {
    /** The module's folder, in which Maven runs the tests. */
    static final Path MODULE = Path.of("").toAbsolutePath();

    static final Path ROOT = MODULE.getParent().getParent();

    static final List<String> SERVICES = List.of(
            "apps-analytics-service",
            "product-metrics-service",
            "integration-analytics-service",
            "org-analytics-service");

    private static final Set<String> GENERATED = Set.of("target", "node_modules", ".git", ".quarry");

    private Repository() {}

    /** The committed OpenAPI document of a service. */
    static Path document(String service) {
        return ROOT.resolve(service, "openapi.yaml");
    }

    /** The paths of a service's document, such as {@code /v1/apps/{app_id}/logs}. */
    static Set<String> paths(String service) {
        Map<String, Map<String, Object>> document =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(read(document(service)));
        return document.get("paths").keySet();
    }

    /** All pages in Markdown. */
    static List<Path> pages() {
        return files(name -> name.endsWith(".md"));
    }

    /** All files of this name. */
    static List<Path> named(String wanted) {
        return files(wanted::equals);
    }

    private static List<Path> files(Predicate<String> names) {
        try (Stream<Path> files =
                Files.find(ROOT, 20, (file, _) -> names.test(file.getFileName().toString()))) {
            return files.filter(
                            file -> Stream.of(ROOT.relativize(file).toString().split("/", -1))
                                    .noneMatch(GENERATED::contains))
                    .sorted()
                    .toList();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
