package dev.quarry.local.gateway;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Finds malformed requests by everything but their path. The gateway of deployments refuses the same requests. */
final class RequestForm {
    private static final int LARGEST_LINE = 8 * 1024;
    private static final int LARGEST_HEADERS = 16 * 1024;
    private static final int REST_OF_REQUEST_LINE = "  HTTP/1.1\r\n".length();

    private static final Pattern METHOD = Pattern.compile("[A-Z_-]+");
    private static final Pattern HOST = Pattern.compile("[^/\\s\\x00-\\x1f\\x7f]+");

    private RequestForm() {}

    static Optional<Refusal> faultOf(HttpServerRequest request) {
        int line = request.method().name().length() + request.uri().length() + REST_OF_REQUEST_LINE;
        if (line > LARGEST_LINE) {
            return Optional.of(Refusal.URL_TOO_LONG);
        }
        return isFramedClearly(request) && hasOneHost(request) && hasSmallHeaders(request.headers())
                ? Optional.empty()
                : Optional.of(Refusal.BAD_REQUEST);
    }

    /** Servers disagree where the body of any other request ends. One of them may read the rest of it as a new request. */
    private static boolean isFramedClearly(HttpServerRequest request) {
        List<String> encodings = request.headers().getAll(HttpHeaders.TRANSFER_ENCODING);
        boolean encoded = !encodings.isEmpty();
        return METHOD.matcher(request.method().name()).matches()
                && (!encoded
                        || (request.version() == HttpVersion.HTTP_1_1
                                && encodings.size() == 1
                                && encodings.getFirst().equalsIgnoreCase("chunked")))
                && request.headers().getAll(HttpHeaders.CONTENT_LENGTH).size() <= (encoded ? 0 : 1);
    }

    private static boolean hasOneHost(HttpServerRequest request) {
        List<String> hosts = request.headers().getAll(HttpHeaders.HOST);
        return hosts.isEmpty()
                ? request.version() == HttpVersion.HTTP_1_0
                : hosts.size() == 1 && HOST.matcher(hosts.getFirst()).matches() && request.authority() != null;
    }

    private static boolean hasSmallHeaders(MultiMap headers) {
        int all = 0;
        for (Map.Entry<String, String> header : headers) {
            int size = header.getKey().length() + header.getValue().length() + ": \r\n".length();
            if (size > LARGEST_LINE) {
                return false;
            }
            all += size;
        }
        return all <= LARGEST_HEADERS;
    }
}
