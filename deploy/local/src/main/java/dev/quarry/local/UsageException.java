package dev.quarry.local;

/** The command line cannot be understood; the message is one sentence for the person at the terminal. */
final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
