package dev.quarry.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Memory of the processes of a soak over time, in MiB. It is the resident set. PostgreSQL has many processes that share
 * memory, so it is the sum of their proportional sets.
 */
final class SoakMemory {
    private static final long KIBIBYTES_A_MEBIBYTE = 1_024;
    private static final String POSTGRES = "PostgreSQL";

    private final Map<String, Long> processes;
    private final long postmaster;
    private final Map<String, List<Long>> samples = new LinkedHashMap<>();

    /** @param processes ids by the name in the report */
    SoakMemory(Map<String, Long> processes, long postmaster) {
        this.processes = new LinkedHashMap<>(processes);
        this.postmaster = postmaster;
    }

    /** Samples since the start, by process. */
    Map<String, List<Long>> samples() {
        return samples;
    }

    void sample() throws IOException {
        for (var process : processes.entrySet()) {
            Path status = Path.of("/proc", Long.toString(process.getValue()), "status");
            add(process.getKey(), field(status, "VmRSS:"));
        }
        long sum = 0;
        List<ProcessHandle> servers = ProcessHandle.of(postmaster).stream()
                .flatMap(server -> Stream.concat(Stream.of(server), server.descendants()))
                .toList();
        for (ProcessHandle server : servers) {
            try {
                sum += field(Path.of("/proc", Long.toString(server.pid()), "smaps_rollup"), "Pss:");
            } catch (IOException ended) {
                // A process of a connection that has been closed.
            }
        }
        add(POSTGRES, sum);
    }

    private void add(String process, long kibibytes) {
        samples.computeIfAbsent(process, _ -> new ArrayList<>()).add(kibibytes / KIBIBYTES_A_MEBIBYTE);
    }

    /** In KiB. */
    private static long field(Path file, String name) throws IOException {
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException(file + " has no " + name);
    }
}
