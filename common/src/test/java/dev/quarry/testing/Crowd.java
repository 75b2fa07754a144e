package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Many clients that send the same request at the same time. */
public final class Crowd {
    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private Crowd() {}

    /**
     * The answer that all clients get.
     *
     * @throws AssertionError if any request is refused or gets a different answer
     * @throws java.util.concurrent.CompletionException if an answer breaks off or takes longer than 3 minutes
     */
    public static String ask(URI url, Map<String, String> headers, int size) {
        HttpRequest.Builder request = HttpRequest.newBuilder(url);
        headers.forEach(request::header);
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        try {
            List<CompletableFuture<byte[]>> answers = new ArrayList<>();
            for (int asker = 0; asker < size; asker++) {
                // A timeout of the request would end with the answer's header.
                answers.add(client.sendAsync(request.build(), BodyHandlers.ofByteArray())
                        .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                        .thenApply(response -> {
                            assertEquals(200, response.statusCode(), () -> text(response.body()));
                            return response.body();
                        }));
            }
            Set<String> different = new HashSet<>();
            answers.forEach(answer -> different.add(text(answer.join())));
            assertEquals(1, different.size(), "different answers");
            return different.iterator().next();
        } finally {
            // close() would wait for answers that never end.
            client.shutdownNow();
        }
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
