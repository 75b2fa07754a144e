package dev.quarry.postgres;

/** A bean that {@link Notifications} notifies. Its methods must not block. */
public interface NotificationListener {

    /** The name of the channel: lower-case letters and underscores. */
    String channel();

    /** Called for each notification, with its text. */
    void notified(String payload);

    /**
     * Called with true once notifications arrive and statements work, and with false when the connection is lost.
     * Notifications that were sent before the call with true may be missing.
     */
    default void connected(boolean connected) {}

    /**
     * Called several times a second while PostgreSQL answers: every notification of a transaction that was committed
     * before this moment has arrived.
     *
     * @param nanos of {@link System#nanoTime}
     */
    default void heard(long nanos) {}
}
