package dev.quarry.refining;

/** A pass that could not be finished. Nothing is lost by it: what was marked stays marked, and the next pass goes on. */
public final class RefiningException extends RuntimeException {
    private static final long serialVersionUID = 1;

    RefiningException(String message, Throwable cause) {
        super(message, cause);
    }
}
