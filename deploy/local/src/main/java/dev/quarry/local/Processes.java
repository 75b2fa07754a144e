package dev.quarry.local;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Functions for processes that may not be children of this one. */
final class Processes {

    /** Start times are not exact: the system counts ticks since the boot, and rounds the time of the boot. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private Processes() {}

    /**
     * Whether the process still runs. Java reports an ended process as alive until its parent reads its exit status, which
     * the first process of a container may never do; but an ended process has no command.
     */
    static boolean isRunning(ProcessHandle process) {
        return process.isAlive() && process.info().command().isPresent();
    }

    /** {@return the running process of this id, if it started at this time: ids are reused} */
    static Optional<ProcessHandle> running(long pid, Instant start) {
        return ProcessHandle.of(pid)
                .filter(Processes::isRunning)
                .filter(process -> process.info()
                        .startInstant()
                        .filter(actual -> Duration.between(start, actual).abs().compareTo(CLOCK_TOLERANCE) <= 0)
                        .isPresent());
    }

    /** Asks the process to end, and kills it after the timeout. Returns once it has ended. */
    static void stop(ProcessHandle process) {
        stop(process, TIMEOUT);
    }

    static void stop(ProcessHandle process, Duration timeout) {
        process.destroy();
        if (!isGone(process, timeout)) {
            process.destroyForcibly();
            isGone(process, TIMEOUT);
        }
    }

    private static boolean isGone(ProcessHandle process, Duration timeout) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (isRunning(process)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return true;
    }
}
