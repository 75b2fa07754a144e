package dev.quarry.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Which processes the stack has started, kept in a file, so that the next start can stop what a killed one left behind.
 * Process ids are used again, so the time of the start counts too.
 */
final class ProcessRegister {

    /** The system counts a start in ticks since a boot whose time it rounds. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofSeconds(2);

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Path file;
    private final Map<String, ProcessHandle> processes = new LinkedHashMap<>();

    ProcessRegister(Path file) {
        this.file = file;
    }

    /** @param name one of a kind; an earlier process of this name is forgotten */
    synchronized void add(String name, ProcessHandle process) throws IOException {
        processes.put(name, process);
        var lines = new StringBuilder();
        processes.forEach((owner, handle) -> handle.info()
                .startInstant()
                .ifPresent(start -> lines.append("%d %d %s%n".formatted(handle.pid(), start.toEpochMilli(), owner))));
        PrivateFiles.write(file, lines.toString());
    }

    /** Stops the processes of an earlier start that still run. */
    void stopLeftovers(Progress progress) throws IOException {
        if (!Files.exists(file)) {
            return;
        }
        for (String line : Files.readAllLines(file)) {
            String[] fields = line.split(" ", 3);
            if (fields.length == 3) {
                Instant start = Instant.ofEpochMilli(Long.parseLong(fields[1]));
                running(Long.parseLong(fields[0]), start).ifPresent(process -> {
                    progress.say("Stopping %s, which an earlier start left behind (process %d)."
                            .formatted(fields[2], process.pid()));
                    stop(process);
                });
            }
        }
        Files.delete(file);
    }

    /** Nothing is left to stop. */
    synchronized void clear() throws IOException {
        processes.clear();
        Files.deleteIfExists(file);
    }

    /** The process of this id, if it is the one that started then. */
    static Optional<ProcessHandle> running(long pid, Instant start) {
        return ProcessHandle.of(pid)
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
        try {
            process.onExit()
                    .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return true;
        } catch (CompletionException late) {
            if (late.getCause() instanceof TimeoutException) {
                return false;
            }
            throw late;
        }
    }
}
