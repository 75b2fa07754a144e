package dev.quarry.local;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Says so when a part of the stack ends that nobody asked to end, and starts it again, ever more slowly when it keeps
 * ending.
 */
final class Supervisor {

    private static final Logger LOGGER = Logger.getLogger(Supervisor.class.getName());

    /** A Ctrl-C reaches the children too, and they may be gone before this process knows that it is to stop. */
    private static final Duration BENEFIT_OF_DOUBT = Duration.ofSeconds(1);

    private static final Duration LOOK = Duration.ofMillis(200);
    private static final Duration SLOWEST = Duration.ofSeconds(30);
    private static final Duration STEADY = Duration.ofMinutes(1);

    private final Stopping stopping;
    private final Progress progress;
    private final ProcessRegister register;

    Supervisor(Stopping stopping, Progress progress, ProcessRegister register) {
        this.stopping = requireNonNull(stopping, "stopping is null");
        this.progress = requireNonNull(progress, "progress is null");
        this.register = requireNonNull(register, "register is null");
    }

    void watch(Supervised part) {
        Thread.ofVirtual().name("watch-" + part.name()).start(() -> {
            try {
                keepRunning(part);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void keepRunning(Supervised part) throws InterruptedException {
        Duration pause = BENEFIT_OF_DOUBT;
        while (true) {
            long started = System.nanoTime();
            while (Processes.isRunning(part.process())) {
                if (stopping.within(LOOK)) {
                    return;
                }
            }
            boolean wasSteady = System.nanoTime() - started > STEADY.toNanos();
            pause = wasSteady ? BENEFIT_OF_DOUBT : pause;
            if (stopping.within(BENEFIT_OF_DOUBT)) {
                return;
            }
            progress.warn("%s has ended; its log %s closes with:".formatted(part.name(), part.log()));
            progress.quote(LogTail.of(part.log()));
            if (stopping.within(pause) || !restart(part)) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(SLOWEST) < 0 ? pause.multipliedBy(2) : SLOWEST;
        }
    }

    /**
     * Returns false when the stack stops. A part that does not start counts as one that ends at once. Synchronised so
     * that none is started behind the back of a stop.
     */
    private synchronized boolean restart(Supervised part) {
        if (stopping.isAsked()) {
            return false;
        }
        try {
            part.restart();
            register.add(part.name(), part.process());
            progress.say("%s runs again.".formatted(part.name()));
        } catch (IOException | StartException | IllegalStateException failure) {
            LOGGER.log(Level.WARNING, part.name() + " does not start", failure);
            progress.warn("%s does not start again: %s".formatted(part.name(), failure.getMessage()));
        }
        return true;
    }

    /** Returns when no part is being started again; after {@link Stopping#ask()} none will be. */
    synchronized void awaitQuiet() {
        // Coming in is enough.
    }
}
