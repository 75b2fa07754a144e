package dev.quarry.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends requests at a fixed rate, whether or not earlier ones are answered. The time of an answer counts from the moment
 * when its request was due, so a pause of the client or of the service counts in each request that it delays.
 */
final class OpenLoop implements AutoCloseable {
    /** More open requests than this are not sent, and count as failures. */
    private static final int MOST_OPEN = 2_000;

    static final String ANSWERED = "200";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /** Called by several threads at the same time. */
    @FunctionalInterface
    interface Results {
        /**
         * Adds the result of a request.
         *
         * @param family of the request
         * @param due when the request was due, in seconds since the start of the run
         * @param millis until the whole answer had arrived
         * @param outcome {@link #ANSWERED}, or what came instead
         */
        void add(String family, double due, double millis, String outcome);
    }

    /** Returns once all requests are answered. */
    void run(SoakTraffic traffic, double rate, Duration time, Results results) throws InterruptedException {
        Semaphore places = new Semaphore(MOST_OPEN);
        long start = System.nanoTime();
        long requests = Math.round(rate * time.toNanos() / 1e9);
        for (long number = 0; number < requests; number++) {
            double seconds = number / rate;
            long due = start + Math.round(seconds * 1e9);
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            SoakTraffic.Question question = traffic.next();
            if (!places.tryAcquire()) {
                results.add(question.family(), seconds, 0, "not sent, for %,d are open".formatted(MOST_OPEN));
                continue;
            }
            threads.execute(() -> {
                try {
                    String outcome = outcome(question);
                    results.add(question.family(), seconds, (System.nanoTime() - due) / 1e6, outcome);
                } finally {
                    places.release();
                }
            });
        }
        places.acquire(MOST_OPEN);
    }

    private String outcome(SoakTraffic.Question question) {
        try {
            HttpResponse<String> answer = client.send(question.request(), BodyHandlers.ofString());
            return answer.statusCode() == 200
                    ? ANSWERED
                    : "%d %s"
                            .formatted(
                                    answer.statusCode(),
                                    question.request().uri().getPath());
        } catch (IOException broken) {
            return broken.getClass().getSimpleName();
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    @Override
    public void close() {
        threads.close();
        client.close();
    }
}
