package dev.quarry.bench;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
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
    private static final Pattern PERCENTILE = Pattern.compile("(?m)^\\s+(50|99)%\\s+([0-9.]+)(us|ms|s|m)\\s*$");
    private static final Map<String, Double> MILLIS = Map.of("us", 1e-3, "ms", 1.0, "s", 1e3, "m", 6e4);
    private static final Pattern BROKEN =
            Pattern.compile("Socket errors: connect (\\d+), read (\\d+), write (\\d+), timeout (\\d+)");
    private static final Pattern REFUSED = Pattern.compile("Non-2xx or 3xx responses: (\\d+)");
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    private Load() {}

    /**
     * The request that a load repeats.
     *
     * @param body empty for a GET
     */
    record Request(String method, URI url, Map<String, String> headers, String body) {
        static Request get(URI url, Map<String, String> headers) {
            return new Request("GET", url, headers, "");
        }

        static Request post(URI url, Map<String, String> headers, String body) {
            return new Request("POST", url, headers, body);
        }

        HttpRequest http() {
            HttpRequest.Builder request = HttpRequest.newBuilder(url).timeout(TIMEOUT);
            headers.forEach(request::header);
            return request.method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
                    .build();
        }
    }

    /**
     * Result of a run.
     *
     * @param rate answers a second
     * @param median of the answers' times, in milliseconds
     * @param percentile99 of the answers' times, in milliseconds
     * @param failures answers other than 200, and failed or timed-out connections
     */
    record Result(double rate, double median, double percentile99, long failures) {}

    /** The client that {@link #run} uses, for a report. */
    static String tool() {
        return hasWrk() ? "wrk" : "the JDK's HTTP client";
    }

    static Result run(URI url, Map<String, String> headers, int connections, Duration time) throws Exception {
        return run(Request.get(url, headers), connections, time);
    }

    static Result run(Request request, int connections, Duration time) throws Exception {
        return hasWrk() ? wrk(request, connections, time) : client(request, connections, time);
    }

    private static boolean hasWrk() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, "wrk")));
    }

    private static Result wrk(Request request, int connections, Duration time)
            throws IOException, InterruptedException {
        Path script = Files.createTempFile("quarry-bench", ".lua");
        try {
            Files.writeString(script, script(request));
            Process wrk = new ProcessBuilder(
                            "wrk",
                            "--threads",
                            Integer.toString(Math.min(2, connections)),
                            "--connections",
                            Integer.toString(connections),
                            "--duration",
                            time.toSeconds() + "s",
                            "--timeout",
                            TIMEOUT.toSeconds() + "s",
                            "--latency",
                            "--script",
                            script.toString(),
                            request.url().toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(wrk.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            Matcher rate = RATE.matcher(said);
            Matcher percentile = PERCENTILE.matcher(said);
            if (wrk.waitFor() != 0 || !rate.find()) {
                throw new IllegalStateException("wrk failed:\n" + said);
            }
            return new Result(
                    Double.parseDouble(rate.group(1)),
                    nextMillis(percentile, said),
                    nextMillis(percentile, said),
                    sum(BROKEN, said) + sum(REFUSED, said));
        } finally {
            Files.delete(script);
        }
    }

    /** The request as wrk's script. */
    private static String script(Request request) {
        StringBuilder script = new StringBuilder("wrk.method = " + lua(request.method()) + "\n");
        request.headers()
                .forEach((name, value) -> script.append("wrk.headers[%s] = %s%n".formatted(lua(name), lua(value))));
        if (!request.body().isEmpty()) {
            script.append("wrk.body = ").append(lua(request.body())).append('\n');
        }
        return script.toString();
    }

    /** A string in Lua, with each byte as a number. */
    private static String lua(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            quoted.append("\\%03d".formatted(each & 0xFF));
        }
        return quoted.append('"').toString();
    }

    private static double nextMillis(Matcher percentile, String said) {
        if (!percentile.find()) {
            throw new IllegalStateException("wrk wrote no percentile:\n" + said);
        }
        return Double.parseDouble(percentile.group(2)) * MILLIS.get(percentile.group(3));
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

    private static Result client(Request request, int connections, Duration time) {
        HttpRequest http = request.http();
        Collection<Double> millis = new ConcurrentLinkedQueue<>();
        LongAdder failures = new LongAdder();
        long start = System.nanoTime();
        long end = start + time.toNanos();
        try (HttpClient client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                var askers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int connection = 0; connection < connections; connection++) {
                var _ = askers.submit(() -> {
                    for (long asked = System.nanoTime(); asked < end; asked = System.nanoTime()) {
                        if (isAnswered(client, http)) {
                            millis.add((System.nanoTime() - asked) / 1e6);
                        } else {
                            failures.increment();
                        }
                    }
                });
            }
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        List<Double> ascending = millis.stream().sorted().toList();
        return new Result(
                ascending.size() / seconds,
                ascending.get(ascending.size() / 2),
                ascending.get(ascending.size() * 99 / 100),
                failures.sum());
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
