package dev.quarry.documents;

import org.jboss.jandex.DotName;

/** Loads classes of the service that is being built. */
final class ApplicationClasses {
    private ApplicationClasses() {}

    static Class<?> load(DotName name) {
        try {
            return Class.forName(name.toString(), true, Thread.currentThread().getContextClassLoader());
        } catch (ClassNotFoundException missing) {
            throw new IllegalStateException(missing);
        }
    }
}
