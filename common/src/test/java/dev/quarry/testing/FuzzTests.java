package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/**
 * Sends random requests to the routes of the served OpenAPI document: documented values, values near the limits, odd
 * values, damaged URLs, foreign ids and all headers that a service reads. No request may cause a 5xx, an answer in an
 * undocumented shape, or an answer with a row of another tenant. A service extends this class once.
 *
 * <p>{@code -Dquarry.test.requests} sets the number of requests, and {@code -Dquarry.test.seed} repeats a run.
 */
public abstract class FuzzTests {
    private static final int REQUESTS = Integer.getInteger("quarry.test.requests", 1_000);
    private static final long SEED = Long.getLong("quarry.test.seed", 1);

    private static final List<String> ODD_VALUES = List.of(
            "",
            " ",
            "0",
            "-1",
            "+1",
            "1.5",
            "1e9",
            "NaN",
            "00001",
            "2147483648",
            "9223372036854775808",
            "true",
            "null",
            "\0",
            "a\0b",
            "\r\nX-Injected: 1",
            "' OR 1 = 1 --",
            "\\'; DROP TABLE events; --",
            "{organization:String}",
            "$1",
            "%",
            "=1+1",
            "<script>",
            "../../q/metrics",
            "\u00e9\ud83d\ude00\u202e",
            "\ud800",
            "a,b",
            "2026-02-30",
            "0000-01-01",
            "1970-01-01",
            "2099-12-31",
            "9999-12-31",
            "+99999-01-01",
            "2026-02-20T12:00:00Z",
            "Europe/Berlin",
            "Pacific/Apia",
            "Asia/Kathmandu",
            "+05:30",
            "Mars/Base",
            "0." + new UUID(0, 0) + ".0",
            "9999999999999." + new UUID(-1, -1) + ".9999999999999",
            "x".repeat(300),
            "x".repeat(9_000));

    /** Bytes of ISO 8859-1 that a URL must not contain, or that mean something in it. */
    private static final List<String> DAMAGE = List.of(
            "%",
            "%zz", "%00", "%2f", "%2e%2e/", "//", "/../", ";", "#", "?", "&", "=", "+", "\"", "<", ">", "\\", "^", "`",
            "{", "|", "}", "[", "\u00e9", "\u00ff", "\u0001", "\u007f");

    private static final List<String> METHODS =
            List.of("POST", "PUT", "PATCH", "DELETE", "HEAD", "TRACE", "get", "ODD");

    private final Random random = new Random(SEED);
    private Contract served;
    private Tenant ours;
    private Tenant theirs;

    /** Creates an organisation with {@code size} rows of each kind, in resources with this id. */
    protected abstract Tenant tenant(int size, String id);

    /** @param start the method and the target */
    private record Sent(String start, Map<String, String> headers) {}

    @Test
    void everyAnswerIsShapedAndOurs() throws Exception {
        served = Contract.served();
        ours = tenant(1, "ours");
        theirs = tenant(2, "theirs");
        List<Operation> operations = Operation.served();
        Map<Integer, Integer> statuses = new TreeMap<>();
        for (int request = 0; request < REQUESTS; request++) {
            Sent sent = next(one(operations));
            String name = "request %d of seed %d: %s".formatted(request, SEED, sent);
            Answer answer;
            try {
                answer = Answer.to(sent.start(), sent.headers(), 1);
            } catch (Exception none) {
                throw new AssertionError("No answer to " + name, none);
            }
            assertAll(name, () -> check(sent, answer));
            statuses.merge(answer.status(), 1, Integer::sum);
        }
        assertTrue(statuses.getOrDefault(200, 0) > REQUESTS / 10, () -> "Too few answers with data: " + statuses);
    }

    private void check(Sent sent, Answer answer) {
        assertTrue(answer.status() < 500, answer::toString);
        assertFalse(answer.text(theirs.ids().values()).contains(theirs.mark()), answer::toString);
        if (sent.start().startsWith("HEAD ") || answer.status() == 304) {
            assertEquals("", answer.body());
        } else if (answer.status() == 200) {
            String path = served.path(path(sent)).orElseThrow(() -> new AssertionError("Not documented: " + answer));
            if (!answer.mediaType().equals("text/event-stream")) {
                served.checkResponse(path, 200, answer.mediaType(), answer.body());
            }
        } else {
            assertEquals("application/json", answer.headers().get("Content-Type"));
            served.checkFailure(answer.status(), answer.body());
        }
    }

    /**
     * The path as services read it: without empty segments, segments of dots and what follows a semicolon. The gateway
     * refuses such paths.
     */
    private static String path(Sent sent) {
        String path = sent.start()
                .replaceFirst("\\S+ ", "")
                .replaceFirst("\\?.*", "")
                .replaceAll(";[^/]*", "")
                .replaceAll("(?i)%2e", ".")
                .replaceAll("/+", "/");
        String spelled;
        do {
            spelled = path;
            path = path.replaceFirst("(/[^/]+)?/\\.\\./|/\\./", "/");
        } while (!path.equals(spelled));
        return path;
    }

    private Sent next(Operation operation) {
        String target = operation.path();
        List<String> query = new ArrayList<>();
        Map<String, String> headers = headers();
        for (Operation.Parameter parameter : operation.parameters()) {
            String value = value(parameter);
            switch (parameter.in()) {
                case "path" -> target = target.replace("{" + parameter.name() + "}", encoded(value));
                case "query" -> {
                    if (parameter.required() ? !rarely() : random.nextBoolean()) {
                        query.add(parameter.name() + "=" + encoded(value));
                    }
                }
                default -> headers.put(parameter.name(), value.replaceAll("[^ -~]", "?"));
            }
        }
        if (rarely()) {
            query.add(encoded(one(ODD_VALUES)) + "=" + encoded(one(ODD_VALUES)));
        }
        if (rarely() && !query.isEmpty()) {
            query.add(one(query));
        }
        target += query.isEmpty() ? "" : "?" + String.join("&", query);
        if (rarely()) {
            int place = 1 + random.nextInt(target.length());
            target = target.substring(0, place) + one(DAMAGE) + target.substring(place);
        }
        return new Sent((rarely() ? one(METHODS) : "GET") + " " + target, headers);
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new TreeMap<>(ours.credential());
        Map<String, List<String>> others = Map.of(
                "x-api-key", List.of("", "unknown", "x".repeat(600)),
                "Authorization", List.of("", "Bearer", "Bearer unknown", "Basic dTpw", "\u00ff"),
                "x-session-token", List.of(ours.caller().sessionToken(), "unknown"),
                "x-organization-id",
                        List.of(ours.caller().organization(), theirs.caller().organization(), "a,b", ""),
                "If-None-Match", List.of("*", "\"", "W/\"x\"", ",", "\"a\",\"b\""),
                "Accept",
                        List.of(
                                "text/csv",
                                "application/vnd.apache.arrow.stream",
                                "text/html",
                                "*/*;q=0",
                                "application/json;q=x",
                                "*; q=.2",
                                "application/*",
                                "odd",
                                ""),
                "X-Request-Id", List.of("mine", "", "\u00e9", "x".repeat(300), "a b"),
                "Origin", List.of("null", "https://example.org", "odd"),
                "Last-Event-ID", List.of("", "1", "9".repeat(40)),
                "traceparent", List.of("odd", "00-0-0-0"));
        others.forEach((name, values) -> {
            if (random.nextInt(20) == 0) {
                headers.put(name, one(values));
            }
        });
        return headers;
    }

    private String value(Operation.Parameter parameter) {
        List<String> known = ours.values(parameter);
        return switch (random.nextInt(10)) {
            case 0 -> one(ODD_VALUES);
            case 1 -> near(parameter);
            case 2 -> theirs.ids().getOrDefault(parameter.name(), one(ODD_VALUES));
            default -> known.isEmpty() ? "text" : one(known);
        };
    }

    /** A number within the limits of the document or just beyond, or a day. */
    private String near(Operation.Parameter parameter) {
        JsonNode schema = parameter.schema();
        if (parameter.isDate()) {
            return LocalDate.of(2026, 1, 1)
                    .plusDays(random.nextInt(-20_000, 20_000))
                    .toString();
        }
        long minimum = schema.path("minimum").asLong(-1);
        long maximum = schema.path("maximum").asLong(1_000);
        return Long.toString(random.nextLong(minimum - 1, maximum + 2));
    }

    private boolean rarely() {
        return random.nextInt(15) == 0;
    }

    private <T> T one(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }
}
