package dev.quarry.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which processes the stack has started, kept in a file, so that the next start can stop what a killed one left behind.
 * Process ids are used again, so the time of the start counts too.
 */
final class ProcessRegister {

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
                Processes.running(Long.parseLong(fields[0]), start).ifPresent(process -> {
                    progress.say("Stopping %s, which an earlier start left behind (process %d)."
                            .formatted(fields[2], process.pid()));
                    Processes.stop(process);
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
}
