package dev.quarry.http;

import static java.util.stream.Collectors.joining;

import java.util.List;

/** A request whose parameters are not what the API documents: everything that is wrong with them, at once. */
public final class ParametersException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    public ParametersException(List<Violation> violations) {
        super(violations.stream()
                .map(violation -> violation.loc() + ": " + violation.msg())
                .collect(joining("; ")));
        if (violations.isEmpty()) {
            throw new IllegalArgumentException("Nothing is wrong");
        }
        this.violations = List.copyOf(violations);
    }

    /** In the order in which the parameters were declared; never empty. */
    public List<Violation> violations() {
        return violations;
    }
}
