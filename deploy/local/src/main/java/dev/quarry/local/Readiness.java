package dev.quarry.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Waits until processes report that they are ready. */
final class Readiness {

    private static final Duration PAUSE = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(5);

    private final Map<ServiceProcess, URI> waiting = new LinkedHashMap<>();

    void expect(ServiceProcess process, URI address) {
        waiting.put(process, address);
    }

    /**
     * Returns once all are ready, or once the stack must stop.
     *
     * @throws StartException with the process that ended or was not ready in time, after printing the end of its log
     */
    void await(Duration timeout, Stopping stopping, Progress progress) throws StartException, InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        try (HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(ANSWER)
                .build()) {
            do {
                for (ServiceProcess process : List.copyOf(waiting.keySet())) {
                    URI address = waiting.get(process);
                    if (isReady(client, address)) {
                        waiting.remove(process);
                        progress.ready(process.name(), address.resolve("/").toString());
                    } else if (!process.isAlive() && !stopping.within(PAUSE)) {
                        progress.quote(LogTail.of(process.log()));
                        throw new StartException(
                                "%s has ended; its log is %s.".formatted(process.name(), process.log()));
                    }
                }
                if (System.nanoTime() > deadline && !waiting.isEmpty()) {
                    var late = new ArrayList<>(waiting.keySet()).getFirst();
                    progress.quote(LogTail.of(late.log()));
                    throw new StartException("%s is not ready after %d s; its log is %s."
                            .formatted(late.name(), timeout.toSeconds(), late.log()));
                }
            } while (!waiting.isEmpty() && !stopping.within(PAUSE));
        }
    }

    private static boolean isReady(HttpClient client, URI address) throws InterruptedException {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(address).timeout(ANSWER).build();
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }
}
