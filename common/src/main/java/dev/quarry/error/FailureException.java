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
        super(messageForLog(requireNonNull(failure, "failure is null")), cause, false, cause != null);
        this.failure = failure;
    }

    /** Names the store, which the message for the client may not do. */
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
