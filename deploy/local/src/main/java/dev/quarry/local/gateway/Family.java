package dev.quarry.local.gateway;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Optional;

/** The published APIs, and the format of their errors. The gateway of deployments has the same formats. */
enum Family {
    APPS("/v1/apps") {
        @Override
        JsonObject error(int status, String message, String requestId, Instant now) {
            String type = switch (status) {
                case 404 -> "NotFoundError";
                case 405 -> "MethodNotAllowedError";
                case 502 -> "ServiceUnavailableError";
                case 504 -> "TimeoutError";
                default -> "BadRequestError";
            };
            return new JsonObject()
                    .put("success", false)
                    .put("status", status)
                    .put("error", new JsonObject().put("message", message).put("type", type));
        }
    },
    METRICS("/v1/metrics") {
        @Override
        JsonObject error(int status, String message, String requestId, Instant now) {
            return new JsonObject()
                    .put("statusCode", status)
                    .put("error", reason(status))
                    .put("message", message);
        }
    },
    INTEGRATIONS("/v1/analytics/integrations") {
        @Override
        JsonObject error(int status, String message, String requestId, Instant now) {
            String error = switch (status) {
                case 404 -> "not_found";
                case 405 -> "method_not_allowed";
                case 502 -> "service_unavailable";
                case 504 -> "timeout";
                default -> "bad_request";
            };
            return new JsonObject().put("error", error).put("message", message);
        }
    },
    ORGS("/v1/orgs") {
        @Override
        JsonObject error(int status, String message, String requestId, Instant now) {
            String error = switch (status) {
                case 404 -> "RESOURCE_NOT_FOUND";
                case 405 -> "METHOD_NOT_ALLOWED";
                case 502 -> "SERVICE_UNAVAILABLE";
                case 504 -> "GATEWAY_TIMEOUT";
                default -> "BAD_REQUEST";
            };
            return new JsonObject()
                    .put("error", error)
                    .put("message", message)
                    .put("details", new JsonObject())
                    .put("timestamp", TIMESTAMP.format(now))
                    .put("status_code", status);
        }
    },
    /** Paths of no family. */
    NONE("") {
        @Override
        JsonObject error(int status, String message, String requestId, Instant now) {
            return new JsonObject()
                    .put("error", reason(status))
                    .put("message", message)
                    .put("requestId", requestId);
        }
    };

    private static final DateTimeFormatter TIMESTAMP =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS000").withZone(ZoneOffset.UTC);

    private final String prefix;

    Family(String prefix) {
        this.prefix = prefix;
    }

    /** The body of an error, in the family's format. */
    abstract JsonObject error(int status, String message, String requestId, Instant now);

    /**
     * The family that a request is meant for, even if its target is malformed: by the path in normal form, or else by
     * the path as it was sent.
     *
     * @param target null if the request is unreadable
     */
    static Family of(String target) {
        if (target == null) {
            return NONE;
        }
        String path = path(target);
        return normal(path).map(Family::ofPath).filter(found -> found != NONE).orElseGet(() -> ofPath(path));
    }

    private static Family ofPath(String path) {
        return Arrays.stream(values())
                .filter(family -> family != NONE && RequestPath.isUnder(family.prefix, path))
                .findFirst()
                .orElse(NONE);
    }

    /** Without the origin of an absolute target, and without the query. */
    private static String path(String target) {
        String rest = target.replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*", "");
        return rest.split("[?#]", 2)[0];
    }

    /** Without percent-encoding, empty segments and dot segments; empty if it is not possible. */
    private static Optional<String> normal(String path) {
        Deque<String> segments = new ArrayDeque<>();
        Optional<String> decoded = decoded(path);
        if (decoded.isEmpty()) {
            return Optional.empty();
        }
        for (String segment : decoded.get().split("/", -1)) {
            if (segment.equals("..")) {
                if (segments.pollLast() == null) {
                    return Optional.empty();
                }
            } else if (!segment.isEmpty() && !segment.equals(".")) {
                segments.addLast(segment);
            }
        }
        return Optional.of("/" + String.join("/", segments));
    }

    private static Optional<String> decoded(String path) {
        var bytes = new ByteArrayOutputStream();
        for (int at = 0; at < path.length(); at++) {
            char next = path.charAt(at);
            if (next != '%') {
                bytes.write(next);
                continue;
            }
            int high = at + 2 < path.length() ? Character.digit(path.charAt(at + 1), 16) : -1;
            int low = at + 2 < path.length() ? Character.digit(path.charAt(at + 2), 16) : -1;
            if (high < 0 || low < 0 || high + low == 0) {
                return Optional.empty();
            }
            bytes.write(high << 4 | low);
            at += 2;
        }
        return Optional.of(bytes.toString(StandardCharsets.ISO_8859_1));
    }

    private static String reason(int status) {
        return HttpResponseStatus.valueOf(status).reasonPhrase();
    }
}
