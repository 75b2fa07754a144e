package dev.quarry.testing;

import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import io.quarkus.arc.Arc;
import io.quarkus.jackson.ObjectMapperCustomizer;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.inject.Any;
import jakarta.inject.Singleton;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import java.lang.reflect.Field;
import java.lang.reflect.GenericArrayType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * In tests, refuses to serialize a type that an executable could not serialize: a type of ours that is not registered
 * for reflection. Types are registered by an annotation, or by Quarkus: it finds the declared return types of the
 * resources' methods, with all types of their fields. It does not find the types of objects in a {@code Response}, an
 * {@code Object} or an event.
 */
@Singleton
final class RegisteredTypes implements ObjectMapperCustomizer {
    private static final String OURS = "dev.quarry.";

    private Set<Class<?>> found;

    @Override
    public void customize(ObjectMapper mapper) {
        mapper.registerModule(new SimpleModule(RegisteredTypes.class.getName()).setSerializerModifier(new Refusal()));
    }

    /** Never written to a stream, although its superclass is serializable. */
    @SuppressWarnings("serial")
    private final class Refusal extends BeanSerializerModifier {
        @Override
        public JsonSerializer<?> modifySerializer(
                SerializationConfig configuration, BeanDescription description, JsonSerializer<?> serializer) {
            require(description.getBeanClass());
            return serializer;
        }

        @Override
        public JsonSerializer<?> modifyEnumSerializer(
                SerializationConfig configuration,
                JavaType type,
                BeanDescription description,
                JsonSerializer<?> serializer) {
            require(description.getBeanClass());
            return serializer;
        }
    }

    private synchronized void require(Class<?> type) {
        if (found == null) {
            found = returnedByResources();
        }
        if (isOurs(type) && !type.isAnnotationPresent(RegisterForReflection.class) && !found.contains(type)) {
            throw new IllegalStateException(
                    type.getName() + " reaches JSON and is not annotated with @RegisterForReflection");
        }
    }

    private static Set<Class<?>> returnedByResources() {
        Set<Class<?>> found = new HashSet<>();
        for (var bean : Arc.container().beanManager().getBeans(Object.class, Any.Literal.INSTANCE)) {
            if (bean.getBeanClass().isAnnotationPresent(Path.class)) {
                Arrays.stream(bean.getBeanClass().getMethods())
                        .filter(RegisteredTypes::answersRequests)
                        .forEach(method -> find(method.getGenericReturnType(), found));
            }
        }
        return found;
    }

    private static boolean answersRequests(Method method) {
        return Arrays.stream(method.getAnnotations())
                .anyMatch(annotation -> annotation.annotationType().isAnnotationPresent(HttpMethod.class));
    }

    private static void find(Type type, Set<Class<?>> found) {
        switch (type) {
            case Class<?> array when array.isArray() -> find(array.getComponentType(), found);
            case Class<?> simple -> {
                if (isOurs(simple) && found.add(simple)) {
                    find(simple.getSuperclass() == null ? Object.class : simple.getSuperclass(), found);
                    Arrays.stream(simple.getDeclaredFields())
                            .filter(field -> !Modifier.isStatic(field.getModifiers()))
                            .map(Field::getGenericType)
                            .forEach(field -> find(field, found));
                }
            }
            case ParameterizedType generic -> {
                find(generic.getRawType(), found);
                Arrays.stream(generic.getActualTypeArguments()).forEach(argument -> find(argument, found));
            }
            case GenericArrayType array -> find(array.getGenericComponentType(), found);
            case WildcardType wildcard ->
                Arrays.stream(wildcard.getUpperBounds()).forEach(bound -> find(bound, found));
            case TypeVariable<?> variable -> Arrays.stream(variable.getBounds()).forEach(bound -> find(bound, found));
            default -> throw new IllegalStateException("An unknown kind of type: " + type);
        }
    }

    private static boolean isOurs(Class<?> type) {
        return type.getName().startsWith(OURS);
    }
}
