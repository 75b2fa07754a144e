package dev.quarry.documents;

import dev.quarry.parameters.BeanDefinition;
import dev.quarry.parameters.ParameterDefinition;
import dev.quarry.parameters.Parameters;
import java.lang.annotation.Annotation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.PathItem;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.jboss.jandex.AnnotationInstance;
import org.jboss.jandex.AnnotationTarget;
import org.jboss.jandex.ClassInfo;
import org.jboss.jandex.DotName;
import org.jboss.jandex.IndexView;
import org.jboss.jandex.MethodInfo;
import org.jboss.jandex.Type;

/**
 * A GET method of a resource, and its operation in the OpenAPI document.
 *
 * @param path with its placeholders
 * @param bean the record of its parameters, which the resource gets as {@link Parameters}; empty if it has none
 */
record Endpoint(String path, MethodInfo method, Operation operation, Optional<BeanDefinition<?>> bean) {
    private static final DotName PATH = DotName.createSimple("jakarta.ws.rs.Path");
    private static final DotName GET = DotName.createSimple("jakarta.ws.rs.GET");
    private static final DotName PARAMETERS = DotName.createSimple(Parameters.class);

    /** The endpoints that are in the document. */
    static List<Endpoint> all(IndexView index, OpenAPI document) {
        List<Endpoint> endpoints = new ArrayList<>();
        for (AnnotationInstance get : index.getAnnotations(GET)) {
            MethodInfo method = get.target().asMethod();
            String path = path(method.declaringClass().declaredAnnotation(PATH)) + path(method.annotation(PATH));
            PathItem item =
                    document.getPaths() == null ? null : document.getPaths().getPathItem(path);
            if (item != null && item.getGET() != null) {
                endpoints.add(new Endpoint(path, method, item.getGET(), bean(method.declaringClass())));
            }
        }
        return endpoints;
    }

    /** Whether the method or its class has the annotation. */
    boolean has(Class<? extends Annotation> annotation) {
        return annotation(annotation).isPresent();
    }

    /** The method's annotation, or that of its class. */
    Optional<AnnotationInstance> annotation(Class<? extends Annotation> annotation) {
        DotName name = DotName.createSimple(annotation);
        return Optional.ofNullable(method.annotation(name))
                .filter(found -> found.target().kind() == AnnotationTarget.Kind.METHOD)
                .or(() -> Optional.ofNullable(method.declaringClass().declaredAnnotation(name)));
    }

    /** The parameters in the order of their declaration. */
    List<ParameterDefinition> parameters() {
        return bean.map(BeanDefinition::parameters).orElse(List.of());
    }

    Optional<APIResponse> success() {
        return Optional.ofNullable(operation.getResponses().getAPIResponse("200"));
    }

    private static String path(AnnotationInstance annotation) {
        return annotation == null ? "" : annotation.value().asString();
    }

    private static Optional<BeanDefinition<?>> bean(ClassInfo resource) {
        return resource.constructors().stream()
                .flatMap(constructor -> constructor.parameterTypes().stream())
                .flatMap(Endpoint::bean)
                .findFirst();
    }

    private static Stream<BeanDefinition<?>> bean(Type type) {
        if (type.kind() != Type.Kind.PARAMETERIZED_TYPE || !type.name().equals(PARAMETERS)) {
            return Stream.empty();
        }
        return Stream.of(BeanDefinition.of(ApplicationClasses.load(
                type.asParameterizedType().arguments().getFirst().name())));
    }
}
