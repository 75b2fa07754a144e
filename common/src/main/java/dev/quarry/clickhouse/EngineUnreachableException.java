package dev.quarry.clickhouse;

/** The engine could not be asked at all, or went away in the middle: the one failure after which asking again makes sense. */
final class EngineUnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    EngineUnreachableException(Throwable cause) {
        super("The engine cannot be reached", cause);
    }
}
