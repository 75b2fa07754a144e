package dev.quarry.schema.accounts;

/** The arguments are wrong. The message explains it to the operator. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
