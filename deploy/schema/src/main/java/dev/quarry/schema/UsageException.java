package dev.quarry.schema;

/** The arguments are wrong. The message explains it to the operator. */
public final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public UsageException(String message) {
        super(message);
    }
}
