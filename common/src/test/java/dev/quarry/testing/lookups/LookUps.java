package dev.quarry.testing.lookups;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Replaces the JDK's look-ups, through {@link LookUpAgent}. Public only because the services' classes call it. */
public final class LookUps {
    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);
    private static final ClassLoader NOTHING = new ClassLoader("nothing", ClassLoader.getPlatformClassLoader()) {};

    private static final Set<String> told = ConcurrentHashMap.newKeySet();
    private static volatile Registered registered;
    private static volatile Path report;

    private LookUps() {}

    static void start(Registered inExecutable, Path reportTo) throws IOException {
        Files.createDirectories(reportTo.toAbsolutePath().getParent());
        Files.writeString(reportTo, "");
        registered = inExecutable;
        report = reportTo;
    }

    /** Throws as an executable does if the class exists but is not registered. */
    public static void requireClass(String name) throws ClassNotFoundException {
        if (name != null
                && !name.startsWith("[")
                && !registered.hasClass(name)
                && exists(name, callersLoader())
                && !isBuildTime()) {
            tell("class", name);
            throw new ClassNotFoundException(name + " is not registered for the executable");
        }
    }

    public static Class<?> forName(String name, boolean initialize, ClassLoader loader) throws ClassNotFoundException {
        requireClass(name);
        return Class.forName(name, initialize, loader);
    }

    public static URL getResource(Class<?> type, String name) {
        return isHidden(absolute(type, name), type.getClassLoader()) ? null : type.getResource(name);
    }

    public static InputStream getResourceAsStream(Class<?> type, String name) {
        return isHidden(absolute(type, name), type.getClassLoader()) ? null : type.getResourceAsStream(name);
    }

    public static URL getResource(ClassLoader loader, String name) {
        return isHidden(name, loader) ? null : loader.getResource(name);
    }

    public static InputStream getResourceAsStream(ClassLoader loader, String name) {
        return isHidden(name, loader) ? null : loader.getResourceAsStream(name);
    }

    public static Enumeration<URL> getResources(ClassLoader loader, String name) throws IOException {
        return isHidden(name, loader) ? Collections.emptyEnumeration() : loader.getResources(name);
    }

    public static <S> ServiceLoader<S> load(Class<S> service) {
        return load(service, Thread.currentThread().getContextClassLoader());
    }

    public static <S> ServiceLoader<S> load(Class<S> service, ClassLoader loader) {
        if (loader == null || isBuildTime()) {
            return ServiceLoader.load(service, loader);
        }
        try {
            for (URL file : Collections.list(loader.getResources("META-INF/services/" + service.getName()))) {
                if (!registered.hasResource("META-INF/services/" + service.getName())
                        || !registered.classes().containsAll(providers(file))) {
                    tell("service", service.getName());
                    return ServiceLoader.load(service, NOTHING);
                }
            }
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
        return ServiceLoader.load(service, loader);
    }

    private static List<String> providers(URL file) throws IOException {
        try (InputStream in = file.openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.replaceFirst("#.*", "").strip())
                    .filter(line -> !line.isEmpty())
                    .toList();
        }
    }

    private static boolean isHidden(String name, ClassLoader loader) {
        if (loader == null || registered.hasResource(name) || loader.getResource(name) == null || isBuildTime()) {
            return false;
        }
        tell("resource", name);
        return true;
    }

    private static String absolute(Class<?> type, String name) {
        if (name.startsWith("/")) {
            return name.substring(1);
        }
        String path = type.getPackageName().replace('.', '/');
        return path.isEmpty() ? name : path + "/" + name;
    }

    private static boolean exists(String name, ClassLoader loader) {
        String file = name.replace('.', '/') + ".class";
        return (loader == null ? ClassLoader.getSystemResource(file) : loader.getResource(file)) != null;
    }

    private static ClassLoader callersLoader() {
        return caller().getClassLoader();
    }

    private static Class<?> caller() {
        return STACK.walk(frames -> frames.map(StackWalker.StackFrame::getDeclaringClass)
                .filter(type -> type != LookUps.class)
                .findFirst()
                .orElseThrow());
    }

    /**
     * Whether an executable does this look-up at compile time: in the static initialiser of a class that is not
     * initialised at run time. Quarkus's own static initialisation is one.
     */
    private static boolean isBuildTime() {
        return STACK.walk(frames -> frames.anyMatch(frame ->
                frame.getMethodName().equals("<clinit>") && !registered.isInitializedAtRunTime(frame.getClassName())));
    }

    private static void tell(String kind, String name) {
        String line = kind + " " + name + " by " + caller().getName().replaceFirst("\\$\\$Lambda.*", "");
        if (told.add(line)) {
            try {
                Files.writeString(report, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
