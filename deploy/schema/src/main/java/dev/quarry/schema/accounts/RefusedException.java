package dev.quarry.schema.accounts;

/** The command cannot do what it was told, for example because a key does not exist. Nothing was changed. */
final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RefusedException(String message) {
        super(message);
    }
}
