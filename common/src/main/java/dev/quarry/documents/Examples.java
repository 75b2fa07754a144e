package dev.quarry.documents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.ws.rs.core.MediaType;

/** Writes the {@link Example} of an endpoint into its operation. */
final class Examples {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Examples() {}

    static void describe(Endpoint endpoint) {
        endpoint.annotation(Example.class)
                .ifPresent(example -> endpoint.success()
                        .map(response -> response.getContent().getMediaType(MediaType.APPLICATION_JSON))
                        .orElseThrow(() -> new IllegalStateException(endpoint.path() + " has no JSON answer"))
                        .setExample(parse(example.value().asString(), endpoint)));
    }

    private static Object parse(String json, Endpoint endpoint) {
        try {
            return JSON.readValue(json, Object.class);
        } catch (JsonProcessingException malformed) {
            throw new IllegalStateException("The example of " + endpoint.path() + " is not JSON", malformed);
        }
    }
}
