package dev.quarry.testing.lookups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.benmanes.caffeine.cache.Caffeine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.apache.hc.core5.util.VersionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program with the agent finds only registered names. */
class LookUpAgentTest {
    private static final String CACHE = "com.github.benmanes.caffeine.cache.SSMW";
    private static final String NODE = "com.github.benmanes.caffeine.cache.PSMW";
    private static final String VERSION = "org/apache/hc/core5/version.properties";

    @TempDir
    Path folder;

    /** The program that runs with the agent. Libraries look up a cache's classes and a resource in it. */
    static final class Program {
        private Program() {}

        public static void main(String[] arguments) {
            System.out.println("cache " + makesCache());
            System.out.println("resource " + (VersionInfo.loadVersionInfo("org.apache.hc.core5", null) != null));
        }

        private static boolean makesCache() {
            try {
                Caffeine.newBuilder()
                        .maximumWeight(10)
                        .weigher((Integer key, Integer value) -> value)
                        .build()
                        .put(1, 1);
                return true;
            } catch (IllegalStateException noSuchClass) {
                return false;
            }
        }
    }

    @Test
    void findsRegisteredClassesAndResources() throws Exception {
        assertEquals("cache true\nresource true\n", run(List.of(CACHE, NODE), VERSION));
        assertEquals("", report());
    }

    @Test
    void hidesAnUnregisteredCache() throws Exception {
        assertEquals("cache false\nresource true\n", run(List.of(NODE), VERSION));
        assertEquals("class " + CACHE + " by com.github.benmanes.caffeine.cache.LocalCacheFactory\n", report());
    }

    @Test
    void hidesUnregisteredEntriesOfACache() throws Exception {
        assertEquals("cache false\nresource true\n", run(List.of(CACHE), VERSION));
        assertTrue(report().startsWith("class " + NODE + " by "), report());
    }

    @Test
    void hidesAnUnregisteredResource() throws Exception {
        assertEquals("cache true\nresource false\n", run(List.of(CACHE, NODE), "another.properties"));
        assertEquals("resource " + VERSION + " by org.apache.hc.core5.util.VersionInfo\n", report());
    }

    private String report() throws IOException {
        return Files.readString(folder.resolve("report.txt"));
    }

    private String run(List<String> classes, String resource) throws Exception {
        Path sources = Files.createDirectories(folder.resolve("native-sources"));
        Files.writeString(sources.resolve("native-image.args"), "--no-fallback");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(sources.resolve("service.jar")))) {
            add(
                    jar,
                    "META-INF/native-image/reflect-config.json",
                    classes.stream().map("{\"name\":\"%s\"}"::formatted).collect(Collectors.joining(",", "[", "]")));
            add(
                    jar,
                    "META-INF/native-image/resource-config.json",
                    "{\"resources\":{\"includes\":[{\"pattern\":\"\\\\Q%s\\\\E\"}]}}".formatted(resource));
        }
        Properties properties = System.getProperties();
        Process program = new ProcessBuilder(
                        Path.of(properties.getProperty("java.home"), "bin", "java")
                                .toString(),
                        "-javaagent:" + agent() + "=" + sources + ";" + folder.resolve("report.txt"),
                        "-cp",
                        properties.getProperty("surefire.test.class.path", properties.getProperty("java.class.path")),
                        Program.class.getName())
                .redirectErrorStream(true)
                .start();
        String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, program.waitFor(), output);
        return output;
    }

    /** A jar whose manifest names the agent; its classes are on the program's class path. */
    private Path agent() throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().put(new Attributes.Name("Premain-Class"), LookUpAgent.class.getName());
        Path jar = folder.resolve("agent.jar");
        try (OutputStream out = Files.newOutputStream(jar)) {
            new JarOutputStream(out, manifest).close();
        }
        return jar;
    }

    private static void add(JarOutputStream jar, String name, String text) throws IOException {
        jar.putNextEntry(new JarEntry(name));
        jar.write(text.getBytes(StandardCharsets.UTF_8));
        jar.closeEntry();
    }
}
