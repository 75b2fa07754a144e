package dev.quarry.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file with the stack's processes, so that the next start can stop processes that a killed stack left running. A process
 * is identified by its id and the time of its start, because ids are reused.
 */
final class ProcessRegister {

    private final Path file;
    private final Map<String, ProcessHandle> processes = new LinkedHashMap<>();

    ProcessRegister(Path file) {
        this.file = file;
    }

    /** @param name a unique name; it replaces an earlier process of this name */
    synchronized void add(String name, ProcessHandle process) throws IOException {
        processes.put(name, process);
        var lines = new StringBuilder();
        processes.forEach((owner, handle) -> handle.info()
                .startInstant()
                .ifPresent(start -> lines.append("%d %d %s%n".formatted(handle.pid(), start.toEpochMilli(), owner))));
        PrivateFiles.write(file, lines.toString());
    }

    /** Stops processes of an earlier start that still run. */
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

    /** Deletes the file: there is no process left to stop. */
    synchronized void clear() throws IOException {
        processes.clear();
        Files.deleteIfExists(file);
    }
}
