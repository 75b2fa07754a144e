package dev.quarry.rollup;

/** A pass that could not be finished. Nothing is lost by it: what was marked stays marked, and the next pass goes on. */
public final class RollupException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final boolean ourMistake;

    RollupException(String message, Throwable cause) {
        this(message, cause, false);
    }

    /** @param ourMistake whether the engine refused the statement itself, rather than being away or overloaded */
    RollupException(String message, Throwable cause, boolean ourMistake) {
        super(message, cause);
        this.ourMistake = ourMistake;
    }

    boolean isOurMistake() {
        return ourMistake;
    }
}
