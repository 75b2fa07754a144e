package dev.quarry.http;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.error.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of one request, checked as FastAPI checks them: all before any is used, with all violations in one
 * answer, in the order of declaration (FastAPI's own order is path first). If a parameter is sent more than once, the
 * last value counts. An empty parameter ({@code ?hours=}) counts as sent.
 *
 * {@snippet :
 * var parameters = Parameters.of(path, query);
 * Parameter<Integer> hours = parameters.query("hours").integer(1, 720).orElse(24);
 * Parameter<LocalDate> from = parameters.query("from").date().required();
 * parameters.check();
 * answer(hours.value(), from.value());
 * }
 *
 * <p>For one request and one thread.
 */
public final class Parameters {
    private final Map<String, List<String>> path;
    private final Map<String, List<String>> query;
    private final List<Violation> violations = new ArrayList<>();
    private boolean checked;

    private Parameters(Map<String, List<String>> path, Map<String, List<String>> query) {
        this.path = path;
        this.query = query;
    }

    /** Decoded values by name, in the order sent, as in JAX-RS's {@code UriInfo}. */
    public static Parameters of(Map<String, List<String>> path, Map<String, List<String>> query) {
        return new Parameters(path, query);
    }

    public RawParameter path(String name) {
        return raw("path", path, name);
    }

    public RawParameter query(String name) {
        return raw("query", query, name);
    }

    /**
     * Checks all parameters. Call it once all are declared; before that, none gives its value.
     *
     * @throws FailureException with {@link Failure.Invalid} if any parameter is invalid
     */
    public void check() {
        if (!violations.isEmpty()) {
            throw new FailureException(new Failure.Invalid(violations));
        }
        checked = true;
    }

    boolean isChecked() {
        return checked;
    }

    void violated(Violation violation) {
        violations.add(violation);
        checked = false;
    }

    private RawParameter raw(String where, Map<String, List<String>> sent, String name) {
        List<String> values = sent.getOrDefault(name, List.of());
        Optional<String> last = values.isEmpty() ? Optional.empty() : Optional.of(values.getLast());
        return new RawParameter(this, List.of(where, name), last);
    }
}
