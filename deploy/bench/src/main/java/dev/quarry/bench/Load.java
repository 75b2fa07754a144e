package dev.quarry.bench;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Repeats one request on several connections without pauses, with wrk if it is installed, else with the JDK's client.
 */
final class Load {
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s*([0-9.]+)");
    private static final Pattern BROKEN =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private Load() {}

    /**
     * Result of a run.
     *
     * @param rate answers a second
     * @param failures answers other than 200, and failed or timed-out connections
     */
    record Result(double rate, long failures) {}

    /** The client that {@link #run} uses, for a report. */
    static String tool() {
        return hasWrk() ? "wrk" : "the JDK's HTTP client";
    }

    static Result run(URI url, Map<String, String> headers, int connections, Duration time) throws Exception {
        return hasWrk() ? wrk(url, headers, connections, time) : client(url, headers, connections, time);
    }

    private static boolean hasWrk() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "wrk")));
    }

    private static Result wrk(URI url, Map<String, String> headers, int connections, Duration time)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "wrk",
                "--threads",
                "2",
                "--connections",
                Integer.toString(connections),
                "--duration",
                time.toSeconds() + "s",
                "--timeout",
                TIMEOUT.toSeconds() + "s"));
        headers.forEach((name, value) -> command.addAll(List.of("--header", name + ": " + value)));
        command.add(url.toString());
        Process wrk = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher rate = RATE.matcher(said);
        if (wrk.waitFor() != 0 || !rate.find()) {
            throw new IllegalStateException("wrk failed:\n" + said);
        }
        return new Result(Double.parseDouble(rate.group(1)), sum(BROKEN, said) + sum(REFUSED, said));
    }

    private static long sum(Pattern pattern, String said) {
        Matcher matcher = pattern.matcher(said);
        long sum = 0;
        if (matcher.find()) {
            for (int group = 1; group <= matcher.groupCount(); group++) {
                sum += Long.parseLong(matcher.group(group));
            }
        }
        return sum;
    }

    private static Result client(URI url, Map<String, String> headers, int connections, Duration time)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(TIMEOUT);
        headers.forEach(request::header);
        LongAdder answers = new LongAdder();
        LongAdder failures = new LongAdder();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                var askers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int connection = 0; connection < connections; connection++) {
                var _ = askers.submit(() -> {
                    while (System.nanoTime() < end) {
                        (isAnswered(client, request.build()) ? answers : failures).increment();
                    }
                });
            }
        }
        return new Result(answers.sum() / ((System.nanoTime() - start) / 1e9), failures.sum());
    }

    private static boolean isAnswered(HttpClient client, HttpRequest request) {
        try {
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException broken) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
