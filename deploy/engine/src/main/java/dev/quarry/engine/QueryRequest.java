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
 * The URL and the headers of a request.
 *
 * @param query the beginning of the statement, from the URL; empty if the whole statement is in the body
 * @param database the current database of the query, if the request names one
 * @param defaultFormat the answer's format, unless the statement names one
 * @param parameters values for {@code {name:Type}} in the statement
 * @param settings all other URL parameters
 * @param readOnly ClickHouse's level: 0 everything, 1 reading, 2 reading and changing settings
 * @param blocksIn whether the body consists of ClickHouse's compressed blocks
 * @param blocksOut whether the answer must consist of ClickHouse's compressed blocks
 */
record QueryRequest(
        String query,
        String queryId,
        Optional<String> database,
        String defaultFormat,
        Map<String, String> parameters,
        Map<String, String> settings,
        int readOnly,
        boolean blocksIn,
        boolean blocksOut) {

    private static final int MAX_PARAMETERS = 10_000;
    private static final String PARAMETER_PREFIX = "param_";

    /** A setting that has no effect: every replica of a cluster is the engine itself, which listens on no other port. */
    private static final String PREFER_OWN_REPLICA = "prefer_localhost_replica";

    /**
     * Parameters of the protocol that are not settings. Some clients send session parameters and
     * {@code enable_http_compression} by default: they are ignored.
     */
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

    /** Throws {@link EngineException} if a value is invalid. */
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
        String coding = headers.get("Content-Encoding");
        if (coding != null && !coding.isBlank() && !coding.strip().equalsIgnoreCase("identity")) {
            throw new EngineException(ErrorCode.UNKNOWN_COMPRESSION_METHOD, "Unknown compression method " + coding);
        }
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
                isOn(url.get("decompress")),
                isOn(url.get("compress")));
    }

    /** A GET may only read. */
    private static int readOnly(HttpMethod method, String requested) {
        int level = requested == null || requested.isEmpty() ? 0 : number("readonly", requested);
        return level == 0 && !method.equals(HttpMethod.POST) ? 2 : level;
    }

    private static int number(String name, String value) {
        try {
            return Integer.parseUnsignedInt(value);
        } catch (NumberFormatException notANumber) {
            throw new EngineException(ErrorCode.BAD_ARGUMENTS, "Invalid " + name + ": '" + value + "'");
        }
    }

    /** {@return the compression method of the answer's blocks} */
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
}
