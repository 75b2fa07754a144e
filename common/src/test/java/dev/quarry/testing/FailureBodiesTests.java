package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.error.AbandonedException;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureRenderer;
import dev.quarry.error.Violation;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Checks the bytes of every failure of a family, including the order of keys. A service extends this class once. */
public abstract class FailureBodiesTests {
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    @Inject
    FailureRenderer renderer;

    @Inject
    ObjectMapper json;

    /**
     * The body of each failure, one per line, in the order of {@link #failures}. Digits of a time are written as
     * {@code #}.
     */
    protected abstract String expected();

    @Test
    void failureBodiesMatchTheRecordedBytes() throws JsonProcessingException {
        List<String> lines = new ArrayList<>();
        for (Failure failure : failures()) {
            lines.add(json.writeValueAsString(renderer.body(failure, "request-1"))
                    .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}", "####-##-##T##:##:##.######"));
        }
        assertEquals(expected().strip(), String.join("\n", lines));
    }

    @Test
    void everyKindOfFailureIsRecorded() {
        assertEquals(
                List.of(Failure.class.getPermittedSubclasses()),
                failures().stream().map(Object::getClass).toList());
    }

    /** Nobody sees the body, but a renderer that fails fills the log with errors. */
    @Test
    void departureOfAClientHasABody() throws JsonProcessingException {
        Failure departure = new AbandonedException().failure();
        String body = json.writeValueAsString(renderer.body(departure, "request-1"));
        assertTrue(body.contains(departure.message()), body);
    }

    /** One failure of each kind, in the order of their declaration. */
    private static List<Failure> failures() {
        Map<String, Object> context = new LinkedHashMap<>();
        context.put("le", 720);
        context.put("ge", 1);
        return List.of(
                new Failure.Unauthenticated("Who are you?"),
                new Failure.Forbidden("some:permission", "You may not"),
                new Failure.NotFound("thing", "thing-1"),
                new Failure.NoSuchRoute(),
                new Failure.MethodNotAllowed(),
                new Failure.Invalid(List.of(new Violation(List.of("query", "hours"), "No good", "bad", "0", context))),
                new Failure.Malformed(400, "No URL"),
                new Failure.TooManyRequests(ONE_SECOND),
                new Failure.QueryTooLarge(),
                new Failure.TimedOut(Failure.Store.CLICKHOUSE),
                new Failure.Overloaded(ONE_SECOND),
                new Failure.Unreachable(Failure.Store.CLICKHOUSE, ONE_SECOND),
                new Failure.Internal());
    }
}
