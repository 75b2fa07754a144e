package dev.quarry.error;

import static java.util.Objects.requireNonNull;

/** Carries a {@link Failure} to the mapper that renders it. The cause appears only in the log. */
public class FailureException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient Failure failure;

    public FailureException(Failure failure) {
        this(failure, null);
    }

    /**
     * A failure with a cause has a stack trace, because somebody will read it. Without a cause, the failure is an
     * ordinary answer and needs none.
     */
    public FailureException(Failure failure, Throwable cause) {
        super(messageForLog(requireNonNull(failure, "failure is null")), cause, false, cause != null);
        this.failure = failure;
    }

    /** Adds the name of the store, which the message for the client must not contain. */
    private static String messageForLog(Failure failure) {
        return switch (failure) {
            case Failure.TimedOut slow -> "%s (%s)".formatted(failure.message(), slow.store());
            case Failure.Unreachable away -> "%s (%s)".formatted(failure.message(), away.store());
            default -> failure.message();
        };
    }

    public Failure failure() {
        return failure;
    }
}
