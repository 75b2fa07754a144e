package dev.quarry.rollup;

/** A pass did not finish. Nothing is lost: marks stay, and the next pass continues. */
public final class RollupException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean ourMistake;

    RollupException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /** @param ourMistake whether the engine refused the statement, and was neither unreachable nor overloaded */
    RollupException(String message, Throwable cause, boolean ourMistake) {
        super(message, cause);
        this.ourMistake = ourMistake;
    }

    boolean isOurMistake() {
        return ourMistake;
    }
}
