package dev.quarry.parameters;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.error.Violation;
import dev.quarry.request.RequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of an endpoint. Its resource gets them injected and reads each request with them. The OpenAPI document
 * takes the endpoint's parameters from the injection point:
 *
 * {@snippet :
 * @RegisterForReflection
 * record PowerUsersParameters(
 *         Period period,
 *         @Parameter(name = "threshold", description = "...", minimum = 1, defaultValue = "10") int threshold) {}
 *
 * PowerUsersResource(Parameters<PowerUsersParameters> parameters) { ... }
 *
 * PowerUsersParameters asked = parameters.read();
 * }
 *
 * <p>Requests are checked as FastAPI checks them: one answer has all violations, in the order of declaration. If a
 * parameter is sent more than once, the last value counts, unless it is {@link Parameter#repeatable}. An empty parameter
 * ({@code ?hours=}) counts as sent. Names that differ in case are different parameters, and unknown ones are ignored. The
 * record's constructor checks conditions on several parameters, and throws {@link #invalid}.
 */
public final class Parameters<T> {
    private final BeanDefinition<T> bean;
    private final UriInfo uri;
    private final HttpHeaders headers;
    private final Clock clock;

    Parameters(BeanDefinition<T> bean, UriInfo uri, HttpHeaders headers, Clock clock) {
        this.bean = bean;
        this.uri = uri;
        this.headers = headers;
        this.clock = clock;
    }

    /**
     * Reads the current request.
     *
     * @throws FailureException with {@link Failure.Invalid} if any parameter is invalid
     */
    public T read() {
        // Once for all parameters: each call looks up the current request anew.
        MultivaluedMap<String, String> path = uri.getPathParameters();
        Map<String, List<String>> query = RequestContext.current().orElseThrow().parameters();
        var request = new BeanDefinition.Source() {
            @Override
            public Optional<String> find(Place place, String name) {
                List<String> texts = findAll(place, name);
                return texts.isEmpty() ? Optional.empty() : Optional.of(texts.getLast());
            }

            @Override
            public List<String> findAll(Place place, String name) {
                List<String> texts = switch (place) {
                    case PATH -> path.get(name);
                    case QUERY -> query.get(name);
                    case HEADER -> headers.getRequestHeader(name);
                };
                return texts == null ? List.of() : texts;
            }
        };
        return bean.read(request, clock.instant());
    }

    /** Makes a violation of a condition on several parameters, reported for the valid text of one of them. */
    public static FailureException invalid(String parameter, String message, String input) {
        List<Object> location = List.of(Place.QUERY.wireName(), parameter);
        return new FailureException(
                new Failure.Invalid(List.of(new Violation(location, message, "value_error", input, Map.of()))));
    }
}
