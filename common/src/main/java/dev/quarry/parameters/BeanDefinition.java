package dev.quarry.parameters;

import static java.util.Objects.requireNonNull;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.error.Violation;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A record of parameters. Each component is annotated with {@link Parameter}, or is another such record, or is an
 * {@code Instant}: the time of the request.
 */
public final class BeanDefinition<T> {
    private sealed interface Component {}

    private record Single(ParameterDefinition definition) implements Component {}

    private record Nested(BeanDefinition<?> bean) implements Component {}

    private record Moment() implements Component {}

    /** Finds a parameter in a request: its text, or empty if it was not sent. */
    @FunctionalInterface
    public interface Source {
        Optional<String> find(Place place, String name);

        /** All texts of a parameter that was sent several times. */
        default List<String> findAll(Place place, String name) {
            return find(place, name).stream().toList();
        }
    }

    private final Class<T> type;
    private final Constructor<T> constructor;
    private final List<Component> components;
    private final List<ParameterDefinition> parameters;

    private BeanDefinition(Class<T> type, Constructor<T> constructor, List<Component> components) {
        this.type = type;
        this.constructor = constructor;
        this.components = components;
        this.parameters = components.stream()
                .flatMap(component -> switch (component) {
                    case Single single -> Stream.of(single.definition());
                    case Nested nested -> nested.bean().parameters().stream();
                    case Moment _ -> Stream.empty();
                })
                .toList();
    }

    /**
     * Reads the declarations of a record.
     *
     * @throws IllegalArgumentException if the type is not such a record, or is not registered for reflection
     */
    @SuppressWarnings("unchecked")
    public static <T> BeanDefinition<T> of(Class<T> type) {
        requireNonNull(type, "type is null");
        if (!type.isRecord()) {
            throw new IllegalArgumentException(type.getName() + " is not a record");
        }
        if (!type.isAnnotationPresent(RegisterForReflection.class)) {
            throw new IllegalArgumentException(type.getName() + " is not annotated with @RegisterForReflection");
        }
        Constructor<?> canonical = Arrays.stream(type.getDeclaredConstructors())
                .filter(constructor -> Arrays.stream(constructor.getParameters())
                        .allMatch(parameter -> parameter.isAnnotationPresent(Parameter.class)
                                || parameter.getType().isRecord()
                                || parameter.getType() == Instant.class))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        type.getName() + " has a component that is no @Parameter, record or Instant"));
        canonical.setAccessible(true);
        List<Component> components = Arrays.stream(canonical.getParameters())
                .map(BeanDefinition::component)
                .toList();
        return new BeanDefinition<>(type, (Constructor<T>) canonical, components);
    }

    /** All parameters in the order of their declaration. */
    public List<ParameterDefinition> parameters() {
        return parameters;
    }

    /** Whether the other record is this one or one of its components. */
    public boolean contains(Class<?> other) {
        return type == other
                || components.stream()
                        .anyMatch(component -> component instanceof Nested nested
                                && nested.bean().contains(other));
    }

    /**
     * Reads all parameters before it makes any record, so that all violations are reported together and in order.
     *
     * @throws FailureException with {@link Failure.Invalid} if a parameter is invalid, or any exception that the
     *     constructor of a record throws
     */
    public T read(Source source, Instant now) {
        List<Violation> violations = new ArrayList<>();
        // List.copyOf does not work here, because an invalid value is null.
        List<Object> values = new ArrayList<>();
        for (ParameterDefinition parameter : parameters) {
            values.add(parameter.read(sent(parameter, source), violations));
        }
        if (!violations.isEmpty()) {
            throw new FailureException(new Failure.Invalid(violations));
        }
        return make(values.iterator(), now);
    }

    private static Optional<String> sent(ParameterDefinition parameter, Source source) {
        Place place = parameter.declaration().in();
        if (!parameter.declaration().repeatable()) {
            return source.find(place, parameter.name());
        }
        List<String> texts = source.findAll(place, parameter.name());
        return texts.isEmpty() ? Optional.empty() : Optional.of(String.join(",", texts));
    }

    private T make(Iterator<Object> values, Instant now) {
        Object[] arguments = new Object[components.size()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = switch (components.get(i)) {
                case Single _ -> values.next();
                case Nested nested -> nested.bean().make(values, now);
                case Moment _ -> now;
            };
        }
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalStateException(thrown);
        } catch (ReflectiveOperationException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Component component(java.lang.reflect.Parameter component) {
        Parameter declaration = component.getAnnotation(Parameter.class);
        Type type = component.getParameterizedType();
        if (declaration != null) {
            return new Single(ParameterDefinition.of(declaration, component.getName(), type));
        }
        return type == Instant.class ? new Moment() : new Nested(of((Class<?>) type));
    }
}
