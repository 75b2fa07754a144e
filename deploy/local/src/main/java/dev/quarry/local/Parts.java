package dev.quarry.local;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The started parts. Closing stops all of them, the latest first, even if one fails to stop. */
final class Parts implements AutoCloseable {

    private static final Logger LOGGER = Logger.getLogger(Parts.class.getName());

    private final Deque<AutoCloseable> started = new ArrayDeque<>();

    <T extends AutoCloseable> T add(T part) {
        started.push(part);
        return part;
    }

    @Override
    public void close() {
        while (!started.isEmpty()) {
            AutoCloseable part = started.pop();
            try {
                part.close();
            } catch (Exception failure) {
                LOGGER.log(Level.WARNING, part.getClass().getSimpleName() + " was not stopped in order", failure);
            }
        }
    }
}
