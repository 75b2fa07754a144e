package dev.quarry.error;

import static java.util.Objects.requireNonNull;

/** Carries a {@link Failure} up to the one mapper that renders it. The cause is for the log alone. */
public final class FailureException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Failure failure;

    public FailureException(Failure failure) {
        this(failure, null);
    }

    /** A failure with a cause keeps its stack trace, since somebody will read it; one without is an answer, not an accident. */
    public FailureException(Failure failure, Throwable cause) {
        super(requireNonNull(failure, "failure is null").message(), cause, false, cause != null);
        this.failure = failure;
    }

    public Failure failure() {
        return failure;
    }
}
