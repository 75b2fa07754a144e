package dev.quarry.local;

/** The stack cannot start or go on; the message is one sentence for the person at the terminal. */
final class StartException extends Exception {
    private static final long serialVersionUID = 1L;

    StartException(String message) {
        super(message);
    }

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
