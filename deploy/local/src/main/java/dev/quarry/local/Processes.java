package dev.quarry.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
     * the first process of a container may never do. Linux tells the state of the process. On other systems, a process has
     * ended if it has no command; on Linux, a process loses its command before it releases its ports and files.
     */
    static boolean isRunning(ProcessHandle process) {
        if (!process.isAlive()) {
            return false;
        }
        try {
            // "ID (NAME) STATE ...": the name may hold any character.
            String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"), ISO_8859_1);
            return "ZX".indexOf(stat.charAt(stat.lastIndexOf(')') + 2)) < 0;
        } catch (IOException notLinuxOrEnded) {
            return process.isAlive() && process.info().command().isPresent();
        }
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
