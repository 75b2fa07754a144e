package dev.quarry.clickhouse;

/** Tells whether the client that waits for an answer has gone, so that nobody works for it any more. */
public interface Departure {
    /** Nobody waits who could go. */
    Departure NEVER = new Departure() {
        @Override
        public boolean hasHappened() {
            return false;
        }

        @Override
        public Registration whenItHappens(Runnable action) {
            return () -> {};
        }
    };

    boolean hasHappened();

    /**
     * Registers an action for the moment at which the client goes. It runs at once if the client has gone already, else
     * on the thread that notices the departure: it must not block.
     */
    Registration whenItHappens(Runnable action);

    /** Closing it takes the action back. */
    @FunctionalInterface
    interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
