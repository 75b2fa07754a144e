package dev.quarry.documents;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Collection;
import org.eclipse.microprofile.config.ConfigProvider;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;

/**
 * The failures of a family, rendered by its own {@link FailureRenderer}, so that the examples of a document are the
 * bodies that clients get.
 */
final class FamilyFailures {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String REQUEST_ID = "3f0c9a1de7b24c5f8a6b0d1e2f3a4b5c";

    private final FailureRenderer renderer;

    private FamilyFailures(FailureRenderer renderer) {
        this.renderer = renderer;
    }

    static FamilyFailures of(IndexView index) {
        Collection<ClassInfo> found = index.getAllKnownImplementations(DotName.createSimple(FailureRenderer.class));
        if (found.size() != 1) {
            throw new IllegalStateException("Expected one FailureRenderer, not " + found);
        }
        return new FamilyFailures((FailureRenderer)
                construct(ApplicationClasses.load(found.iterator().next().name())));
    }

    String status(Failure failure) {
        return Integer.toString(renderer.status(failure));
    }

    /** The name of the schema of the body. */
    String schema(Failure failure) {
        Class<?> type = renderer.body(failure, REQUEST_ID).getClass();
        Schema schema = type.getAnnotation(Schema.class);
        return schema == null || schema.name().isEmpty() ? type.getSimpleName() : schema.name();
    }

    /** The body as maps and lists. */
    Object example(Failure failure) {
        return JSON.convertValue(renderer.body(failure, REQUEST_ID), Object.class);
    }

    /** Makes the arguments of the constructor too, because a service has no beans while it is built. */
    private static Object construct(Class<?> type) {
        Constructor<?> constructor = type.getDeclaredConstructors()[0];
        constructor.setAccessible(true);
        Object[] arguments = Arrays.stream(constructor.getParameterTypes())
                .map(FamilyFailures::argument)
                .toArray();
        try {
            return constructor.newInstance(arguments);
        } catch (ReflectiveOperationException failed) {
            throw new IllegalStateException(failed);
        }
    }

    private static Object argument(Class<?> type) {
        if (type == Clock.class) {
            return Clock.fixed(Instant.parse("2026-02-21T12:00:00Z"), ZoneOffset.UTC);
        }
        if (type.isAnnotationPresent(ConfigMapping.class)) {
            return Proxy.newProxyInstance(
                    type.getClassLoader(), new Class<?>[] {type}, (proxy, method, none) -> defaultOf(method));
        }
        throw new IllegalStateException("A FailureRenderer takes a Clock or its configuration, not " + type);
    }

    private static Object defaultOf(Method method) {
        String text = method.getAnnotation(WithDefault.class).value();
        return ConfigProvider.getConfig()
                .getConverter(method.getReturnType())
                .orElseThrow()
                .convert(text);
    }
}
