package dev.quarry.local;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Reports and restarts parts of the stack that end unexpectedly. The pause before a restart grows if a part ends
 * repeatedly.
 */
final class Supervisor {

    private static final Logger LOGGER = Logger.getLogger(Supervisor.class.getName());

    /** Ctrl-C also reaches the children, which may end before this process knows that it must stop. */
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
            progress.warn("%s has ended; its log %s ends with:".formatted(part.name(), part.log()));
            progress.quote(LogTail.of(part.log()));
            if (stopping.within(pause) || !restart(part)) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(SLOWEST) < 0 ? pause.multipliedBy(2) : SLOWEST;
        }
    }

    /**
     * Returns false if the stack stops. A part that does not start counts as one that ends at once. Synchronised, so that
     * no part starts during a stop.
     */
    private synchronized boolean restart(Supervised part) {
        if (stopping.isAsked()) {
            return false;
        }
        try {
            part.restart();
            register.add(part.name(), part.process());
            progress.say("%s runs again.".formatted(part.name()));
        } catch (IOException | StartException | IllegalStateException | UncheckedIOException failure) {
            LOGGER.log(Level.WARNING, part.name() + " does not start", failure);
            progress.warn("%s does not start again: %s".formatted(part.name(), failure.getMessage()));
        }
        return true;
    }

    /** Waits until no part is being restarted; after {@link Stopping#ask()} none will be. */
    synchronized void awaitQuiet() {
        // Entering the monitor is enough.
    }
}
