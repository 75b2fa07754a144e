package dev.quarry.kubernetes;

import static java.util.stream.Collectors.toCollection;
import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.schema.Backups;
import dev.quarry.schema.MigratorSettings;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.ConfigMappings;
import io.smallrye.config.ConfigMappings.ConfigClass;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every variable of a manifest is one that the program reads: a name with a slip in it would be ignored without a word.
 */
class SettingsTest {
    private static final String PACKAGE = "dev/quarry/";
    /** How compose names our images. */
    private static final String OWN = "${QUARRY_REGISTRY:-quarry}/";
    /** Of the services: ours by their mappings, Quarkus's from the model that its documentation is made of. */
    private static final Set<String> READ_BY_SERVICES = union(ofOurMappings(), ofQuarkus());

    @ParameterizedTest
    @EnumSource
    void servicesReadTheirVariables(Rendering rendering) {
        for (Workload workload : rendering.workloads()) {
            if (workload.isService()) {
                assertEquals(
                        Set.of(),
                        minus(Settings.of(rendering, workload).variables(), READ_BY_SERVICES),
                        workload.toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = "BASE", mode = EnumSource.Mode.EXCLUDE)
    void migratorReadsItsVariables(Rendering rendering) {
        for (Workload workload : rendering.workloads()) {
            if (workload.component().equals("migration")) {
                Settings settings = Settings.of(rendering, workload);
                assertEquals(
                        Set.of(), minus(settings.variables(), readByMigrator(settings.values())), workload.toString());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DEV", "EVERYTHING", "NGINX_METRICS"})
    void gatewayReadsItsVariables(Rendering rendering) {
        String template = rendering.of("ConfigMap").stream()
                .map(map -> map.node().at("/data/nginx.conf.template").asText(""))
                .reduce("", String::concat);
        Workload gateway = rendering.workloads().stream()
                .filter(workload -> workload.component().equals("gateway"))
                .findFirst()
                .orElseThrow();
        Set<String> ours = Settings.of(rendering, gateway).variables().stream()
                .filter(variable -> variable.startsWith("QUARRY_"))
                .collect(toSet());
        assertFalse(ours.isEmpty());
        ours.forEach(variable -> assertTrue(template.contains("${%s}".formatted(variable)), variable));
    }

    @Test
    void composeSetsNothingElse() {
        Path file = Rendering.HOME.resolveSibling("compose").resolve("compose.yaml");
        List<JsonNode> ours = Rendering.yaml(Rendering.read(file))
                .flatMap(compose -> compose.path("services").valueStream())
                .filter(service -> service.path("image").asText().startsWith(OWN))
                .toList();
        assertEquals(5, ours.size());
        for (JsonNode service : ours) {
            String image = service.path("image").asText();
            Set<String> read = image.startsWith(OWN + "migrator") ? readByMigrator(Map.of()) : READ_BY_SERVICES;
            Set<String> variables = service.path("environment")
                    .propertyStream()
                    .map(Map.Entry::getKey)
                    .collect(toSet());
            assertFalse(variables.isEmpty(), image);
            assertEquals(Set.of(), minus(variables, read), image);
        }
    }

    /** What a page tells to set, a service reads. */
    @Test
    void servicesReadTheVariablesOfQuarkusThatThePageNames() {
        Set<String> named = Pattern.compile("\\bQUARKUS_[A-Z_]+")
                .matcher(Rendering.read(Rendering.HOME.resolveSibling("README.md")))
                .results()
                .map(MatchResult::group)
                .collect(toCollection(TreeSet::new));
        assertTrue(named.contains("QUARKUS_DATASOURCE_REACTIVE_TRUST_CERTIFICATE_PEM_CERTS"), named::toString);
        assertEquals(Set.of(), minus(named, READ_BY_SERVICES));
    }

    /** Misspelt names are found. */
    @Test
    void misspeltNamesAreFound() {
        assertTrue(READ_BY_SERVICES.contains("QUARRY_CLICKHOUSE_URL"));
        assertTrue(READ_BY_SERVICES.contains("QUARKUS_HTTP_PORT"));
        assertFalse(READ_BY_SERVICES.contains("QUARRY_CLICKHOUSE_ULR"));
        assertFalse(READ_BY_SERVICES.contains("QUARKUS_DATASOURCE_URL"));
        assertFalse(READ_BY_SERVICES.contains("QUARKUS_DATASOURCE_DB_KIND"), "read by the build alone");
        assertFalse(readByMigrator(Map.of()).contains("QUARRY_CLICKHOUSE_PASSWD"));
    }

    private static Set<String> ofOurMappings() {
        Set<String> variables = new TreeSet<>();
        for (Class<?> type : ourClasses()) {
            if (type.isAnnotationPresent(ConfigMapping.class)) {
                ConfigMappings.getProperties(ConfigClass.configClass(type)).keySet().stream()
                        .map(name -> name.replaceAll("[^A-Za-z0-9]", "_").toUpperCase(Locale.ROOT))
                        .forEach(variables::add);
            }
        }
        return variables;
    }

    /** The classes of the services and of common. */
    private static Set<Class<?>> ourClasses() {
        Set<Class<?>> classes = new HashSet<>();
        try {
            for (URL root : Collections.list(SettingsTest.class.getClassLoader().getResources(PACKAGE))) {
                classes.addAll(classesIn(root.toURI()));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
        return classes;
    }

    private static Set<Class<?>> classesIn(URI root) throws IOException {
        if (!root.getScheme().equals("jar")) {
            return classesIn(Path.of(root));
        }
        try (FileSystem jar = FileSystems.newFileSystem(root, Map.of())) {
            return classesIn(jar.getPath(PACKAGE));
        }
    }

    private static Set<Class<?>> classesIn(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.map(file -> root.relativize(file).toString())
                    .filter(file -> file.endsWith("Configuration.class"))
                    .map(file -> (PACKAGE + file).replace(".class", "").replace('/', '.'))
                    .<Class<?>>map(SettingsTest::load)
                    .collect(toSet());
        }
    }

    private static Class<?> load(String name) {
        try {
            return Class.forName(name, false, SettingsTest.class.getClassLoader());
        } catch (ClassNotFoundException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** The settings that a service reads when it starts, not those that the build fixes. */
    private static Set<String> ofQuarkus() {
        Set<String> variables = new TreeSet<>();
        ObjectMapper json = new ObjectMapper();
        try {
            for (URL model : Collections.list(SettingsTest.class
                    .getClassLoader()
                    .getResources("META-INF/quarkus-config-doc/quarkus-config-model.json"))) {
                try (var file = model.openStream()) {
                    addRunTimeVariables(json.readTree(file), variables);
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return variables;
    }

    private static void addRunTimeVariables(JsonNode node, Set<String> variables) {
        if (node.path("phase").asText().equals("RUN_TIME")) {
            variables.add(node.at("/path/environmentVariable").asText());
            node.path("additionalPaths")
                    .forEach(path ->
                            variables.add(path.path("environmentVariable").asText()));
        }
        node.forEach(child -> addRunTimeVariables(child, variables));
    }

    /** {@return the variables that it reads, given these values, including secrets} */
    static Set<String> readByMigrator(Map<String, String> values) {
        Set<String> asked = new TreeSet<>();
        Map<String, String> environment = new HashMap<>(values) {
            private static final long serialVersionUID = 1;

            @Override
            public String get(Object name) {
                asked.add(name.toString());
                return super.get(name);
            }

            @Override
            public String getOrDefault(Object name, String standard) {
                String value = get(name);
                return value == null ? standard : value;
            }

            @Override
            public boolean containsKey(Object name) {
                return get(name) != null;
            }
        };
        environment.putIfAbsent("QUARRY_CLICKHOUSE_URL", "http://clickhouse:8123");
        environment.putIfAbsent("QUARRY_POSTGRES_URL", "jdbc:postgresql://postgres:5432/quarry");
        Stream.of("READER", "REFINER", "INGEST")
                .forEach(user ->
                        environment.put("QUARRY_CLICKHOUSE_%s_PASSWORD_SHA256".formatted(user), "0".repeat(64)));
        environment.putIfAbsent("QUARRY_BACKUP_DIRECTORY", "/backups");
        MigratorSettings.from(environment);
        Backups.from(environment);
        return asked;
    }

    private static Set<String> union(Set<String> one, Set<String> other) {
        return Stream.concat(one.stream(), other.stream()).collect(toCollection(TreeSet::new));
    }

    private static Set<String> minus(Set<String> variables, Set<String> known) {
        Set<String> unknown = new TreeSet<>(variables);
        unknown.removeAll(known);
        return unknown;
    }
}
