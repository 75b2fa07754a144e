package dev.quarry.request;

import io.quarkus.resteasy.reactive.server.runtime.ResteasyReactiveRecorder;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.resteasy.reactive.server.handlers.ClassRoutingHandler;
import org.jboss.resteasy.reactive.server.handlers.RestInitialHandler.InitialMatch;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper.RequestMatch;
import org.jboss.resteasy.reactive.server.mapping.RequestMapper.RequestPath;
import org.jboss.resteasy.reactive.server.mapping.RuntimeResource;

/**
 * The routes of the resources. Quarkus answers a wrong method with 404 instead of 405 if the path of another resource is
 * a prefix of the path: it continues with that resource, and forgets the one that was found before.
 */
@ApplicationScoped
public class Routes {
    /** Null until somebody asks: Quarkus makes the routes after the beans. */
    private volatile Known known;

    private record Known(RequestMapper<InitialMatch> resources, Set<String> templates) {
        static Known read() {
            List<RequestPath<InitialMatch>> all =
                    ResteasyReactiveRecorder.getCurrentDeployment().getClassMappers();
            return new Known(
                    new RequestMapper<>(new ArrayList<>(all)),
                    all.stream().flatMap(Routes::templates).collect(Collectors.toUnmodifiableSet()));
        }
    }

    /** Whether a text is the template of a route, such as {@code /v1/apps/{app_id}/logs}. */
    public boolean hasTemplate(String template) {
        return known().templates().contains(template);
    }

    /** Whether a resource has this path, with any method. */
    boolean has(String path) {
        RequestMapper<InitialMatch> resources = known().resources();
        RequestMatch<InitialMatch> match = resources.map(path);
        while (match != null) {
            String rest = match.remaining.isEmpty() ? "/" : match.remaining;
            if (methods(match.value).anyMatch(method -> method.map(rest) != null)) {
                return true;
            }
            match = resources.continueMatching(path, match);
        }
        return false;
    }

    private Known known() {
        Known read = known;
        if (read == null) {
            read = Known.read();
            known = read;
        }
        return read;
    }

    private static Stream<String> templates(RequestPath<InitialMatch> resource) {
        return methods(resource.value)
                .flatMap(methods -> methods.getTemplates().stream())
                .map(method -> (resource.template.template + "/" + method.template.template)
                        .replaceAll("/{2,}", "/")
                        .replaceAll("(?<=.)/$", ""));
    }

    private static Stream<RequestMapper<RuntimeResource>> methods(InitialMatch resource) {
        return Arrays.stream(resource.handlers)
                .filter(ClassRoutingHandler.class::isInstance)
                .flatMap(handler -> ((ClassRoutingHandler) handler).getMappers().values().stream());
    }
}
