package dev.quarry.local;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Processes that may not be children of this one, which Java alone does not know enough about. */
final class Processes {

    /** The system counts a start in ticks since a boot whose time it rounds. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Processes() {}

    /**
     * Whether the process does anything. One that has ended is "alive" to Java until its parent has asked for its exit
     * status, which the first process of a container may never do; but it has no program any more.
     */
    static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    /** The running process of this id, if it is the one that started then: ids are used again. */
    static Optional<ProcessHandle> running(long pid, Instant start) {
        return ProcessHandle.of(pid)
                .filter(Processes::isRunning)
                .filter(process -> process.info()
                        .startInstant()
                        .filter(actual -> Duration.between(start, actual).abs().compareTo(CLOCK_TOLERANCE) <= 0)
                        .isPresent());
    }

    /** Asks the process to end, and kills it when it does not. Returns when it is gone. */
    static void stop(ProcessHandle process) {
        stop(process, PATIENCE);
    }

    static void stop(ProcessHandle process, Duration patience) {
        process.destroy();
        if (!isGone(process, patience)) {
            process.destroyForcibly();
            isGone(process, PATIENCE);
        }
    }

    private static boolean isGone(ProcessHandle process, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (isRunning(process)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return true;
    }
}
