package dev.quarry.testing.lookups;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.StringEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * The registrations of a service for native-image: classes that may be looked up by name, resources of the executable,
 * and classes that are initialised at run time. They are read from Quarkus's input to native-image, which is made
 * without GraalVM: {@code META-INF/native-image} of the service's jar, where Quarkus writes the registrations of its
 * extensions and annotations; the same folder of every library, including our {@code common}; and the classes that the
 * features of {@code native-image.args} name, such as Quarkus's feature for Caffeine.
 *
 * @param classes names as {@code Class.forName} takes them
 * @param resources regular expressions for whole names, without a leading slash
 * @param initializedAtRunTime names of classes and packages
 */
record Registered(Set<String> classes, List<Pattern> resources, Set<String> initializedAtRunTime) {
    private static final Pattern CLASS = Pattern.compile("\"(?:name|type)\"\\s*:\\s*\"([^\"]+)\"");
    private static final Pattern RESOURCE = Pattern.compile("\"(pattern|glob)\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
    private static final Pattern AT_RUN_TIME = Pattern.compile("--initialize-at-run-time=([^\\s\\\\]+)");
    private static final Pattern FEATURES = Pattern.compile("--features=(\\S+)");
    private static final Pattern GLOB = Pattern.compile("\\*\\*/|\\*\\*|\\*|[^*]+");
    private static final String FOLDER = "META-INF/native-image/";
    /** The feature that Quarkus generates; the classes it names are initialised at run time. */
    private static final String GENERATED = "io.quarkus.runner.Feature";
    /** The feature also names this class, for another purpose. */
    private static final String APPLICATION = "io.quarkus.runner.ApplicationImpl";

    static Registered of(Path nativeSources) throws IOException {
        Registered registered = new Registered(new HashSet<>(), new ArrayList<>(), new HashSet<>());
        List<Path> jars;
        try (var files = Files.walk(nativeSources)) {
            jars = files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
        Set<String> features = new HashSet<>();
        String arguments = Files.readString(nativeSources.resolve("native-image.args"));
        groups(FEATURES, arguments).forEach(list -> features.addAll(List.of(list.split(","))));
        for (Path file : jars) {
            try (JarFile jar = new JarFile(file.toFile())) {
                registered.add(jar, features);
            }
        }
        if (registered.classes.isEmpty() || registered.resources.isEmpty()) {
            throw new IOException("Nothing is registered in " + nativeSources);
        }
        registered.initializedAtRunTime.remove(APPLICATION);
        return registered;
    }

    boolean hasClass(String name) {
        return classes.contains(name);
    }

    boolean hasResource(String name) {
        return resources.stream().anyMatch(pattern -> pattern.matcher(name).matches());
    }

    boolean isInitializedAtRunTime(String className) {
        if (initializedAtRunTime.contains(className)) {
            return true;
        }
        for (int dot = className.lastIndexOf('.'); dot > 0; dot = className.lastIndexOf('.', dot - 1)) {
            if (initializedAtRunTime.contains(className.substring(0, dot))) {
                return true;
            }
        }
        return false;
    }

    private void add(JarFile jar, Set<String> features) throws IOException {
        for (var entry : (Iterable<JarEntry>) jar.stream()::iterator) {
            String name = entry.getName();
            if (name.startsWith(FOLDER) && !entry.isDirectory()) {
                addConfiguration(name, read(jar, entry));
            } else if (name.endsWith(".class")
                    && features.contains(
                            name.substring(0, name.length() - ".class".length()).replace('/', '.'))) {
                addFeature(jar, entry);
            }
        }
    }

    private void addConfiguration(String name, String text) {
        if (name.endsWith(".properties")) {
            groups(AT_RUN_TIME, text).forEach(list -> initializedAtRunTime.addAll(List.of(list.split(","))));
            return;
        }
        classes.addAll(groups(CLASS, text));
        RESOURCE.matcher(text).results().map(Registered::resource).forEach(resources::add);
    }

    private void addFeature(JarFile jar, JarEntry entry) throws IOException {
        Collection<String> named =
                entry.getName().replace('/', '.').startsWith(GENERATED) ? initializedAtRunTime : classes;
        try (InputStream in = jar.getInputStream(entry)) {
            for (var constant : ClassFile.of().parse(in.readAllBytes()).constantPool()) {
                if (constant instanceof StringEntry string
                        && string.stringValue().matches("[a-z]\\w*(\\.[\\w$]+)+")) {
                    named.add(string.stringValue());
                }
            }
        }
    }

    private static Pattern resource(MatchResult found) {
        String text = found.group(2).replace("\\\\", "\\");
        if (found.group(1).equals("pattern")) {
            return Pattern.compile(text);
        }
        StringBuilder expression = new StringBuilder();
        GLOB.matcher(text)
                .results()
                .map(MatchResult::group)
                .forEach(part -> expression.append(
                        switch (part) {
                            case "**/" -> "(?:.*/)?";
                            case "**" -> ".*";
                            case "*" -> "[^/]*";
                            default -> Pattern.quote(part);
                        }));
        return Pattern.compile(expression.toString());
    }

    private static List<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(result -> result.group(1)).toList();
    }

    private static String read(JarFile jar, JarEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
