package dev.quarry.engine;

import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What the URL and the headers of a request say.
 *
 * @param query the URL's part of the statement, empty when all of it is in the body
 * @param database to be made current, if one is named
 * @param defaultFormat of the answer where the statement names none
 * @param parameters bound to {@code {name:Type}} in the statement
 * @param settings every other URL parameter
 * @param readOnly ClickHouse's levels: 0 all, 1 reading only, 2 reading and settings
 * @param blocksIn whether the body comes in ClickHouse's compressed blocks
 * @param blocksOut whether the answer is wanted in ClickHouse's compressed blocks
 */
record QueryRequest(
        String query,
        String queryId,
        Optional<String> database,
        String defaultFormat,
        Map<String, String> parameters,
        Map<String, String> settings,
        int readOnly,
        Optional<SessionRequest> session,
        ContentCoding bodyCoding,
        boolean blocksIn,
        ContentCoding answerCoding,
        boolean blocksOut) {

    private static final int DEFAULT_SESSION_SECONDS = 60;
    private static final int MAX_SESSION_SECONDS = 3600;
    private static final int MAX_PARAMETERS = 10_000;
    private static final String PARAMETER_PREFIX = "param_";

    /** A setting that has no effect: every replica of a cluster is the engine itself, which listens on no other port. */
    private static final String PREFER_OWN_REPLICA = "prefer_localhost_replica";

    /** Parameters of the protocol that are no settings. */
    private static final Set<String> PROTOCOL = Set.of(
            "query",
            "query_id",
            "database",
            "default_format",
            "user",
            "password",
            "quota_key",
            "role",
            "session_id",
            "session_timeout",
            "session_check",
            "close_session",
            "compress",
            "decompress",
            "enable_http_compression",
            "stacktrace",
            "buffer_size",
            "wait_end_of_query",
            "client_protocol_version",
            "readonly");

    static Map<String, String> urlParameters(HttpServerRequest request) {
        Map<String, String> parameters = new LinkedHashMap<>();
        new QueryStringDecoder(request.uri(), StandardCharsets.UTF_8, true, MAX_PARAMETERS)
                .parameters()
                .forEach((name, values) -> parameters.put(name, values.getLast()));
        return parameters;
    }

    /** Throws {@link EngineException} when a value makes no sense. */
    static QueryRequest of(HttpServerRequest request, Map<String, String> url) {
        MultiMap headers = request.headers();
        Map<String, String> parameters = new LinkedHashMap<>();
        Map<String, String> settings = new LinkedHashMap<>();
        url.forEach((name, value) -> {
            if (name.startsWith(PARAMETER_PREFIX)) {
                parameters.put(name.substring(PARAMETER_PREFIX.length()), value);
            } else if (!PROTOCOL.contains(name) && !name.equals(PREFER_OWN_REPLICA)) {
                settings.put(name, value);
            }
        });
        boolean compressAnswer = isOn(url.get("enable_http_compression"));
        return new QueryRequest(
                url.getOrDefault("query", ""),
                nonEmpty(url.get("query_id")).orElseGet(() -> UUID.randomUUID().toString()),
                nonEmpty(url.get("database")).or(() -> nonEmpty(headers.get("X-ClickHouse-Database"))),
                nonEmpty(url.get("default_format"))
                        .or(() -> nonEmpty(headers.get("X-ClickHouse-Format")))
                        .orElse("TabSeparated"),
                parameters,
                settings,
                readOnly(request.method(), url.get("readonly")),
                nonEmpty(url.get("session_id")).map(id -> session(id, url)),
                ContentCoding.ofBody(headers.get("Content-Encoding")),
                isOn(url.get("decompress")),
                compressAnswer ? ContentCoding.accepted(headers.get("Accept-Encoding")) : ContentCoding.IDENTITY,
                isOn(url.get("compress")));
    }

    /** A GET can change nothing, whatever it asks for. */
    private static int readOnly(HttpMethod method, String asked) {
        int level = asked == null || asked.isEmpty() ? 0 : number("readonly", asked, ErrorCode.BAD_ARGUMENTS);
        return level == 0 && !method.equals(HttpMethod.POST) ? 2 : level;
    }

    private static SessionRequest session(String id, Map<String, String> url) {
        int seconds = number(
                "session_timeout",
                url.getOrDefault("session_timeout", "" + DEFAULT_SESSION_SECONDS),
                ErrorCode.INVALID_SESSION_TIMEOUT);
        if (seconds > MAX_SESSION_SECONDS) {
            throw new EngineException(
                    ErrorCode.INVALID_SESSION_TIMEOUT,
                    "Session timeout '" + seconds + "' is larger than max_session_timeout: " + MAX_SESSION_SECONDS);
        }
        return new SessionRequest(id, seconds, isOn(url.get("session_check")), isOn(url.get("close_session")));
    }

    private static int number(String name, String value, ErrorCode otherwise) {
        try {
            return Integer.parseUnsignedInt(value);
        } catch (NumberFormatException notANumber) {
            throw new EngineException(otherwise, "Invalid " + name + ": '" + value + "'");
        }
    }

    /** {@return how the answer's compressed blocks are to be compressed} */
    BlockOutputStream.Method blockMethod() {
        return settings.getOrDefault("network_compression_method", "").equalsIgnoreCase("ZSTD")
                ? BlockOutputStream.Method.ZSTD
                : BlockOutputStream.Method.LZ4;
    }

    private static boolean isOn(String value) {
        return value != null && List.of("1", "true").contains(value);
    }

    private static Optional<String> nonEmpty(String value) {
        return Optional.ofNullable(value).filter(text -> !text.isEmpty());
    }

    /**
     * Which session a request belongs to.
     *
     * @param timeoutSeconds how long the session outlives its last request
     * @param mustExist whether a new one is refused
     * @param close whether the session ends with this request
     */
    record SessionRequest(String id, int timeoutSeconds, boolean mustExist, boolean close) {}
}
