package dev.quarry.local.gateway;

import io.vertx.core.http.HttpServerRequest;
import java.util.UUID;
import java.util.regex.Pattern;

/** The name of one request in logs and answers. A client may choose it from these characters. */
final class RequestId {

    static final String HEADER = "X-Request-Id";

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    private RequestId() {}

    static String of(HttpServerRequest request) {
        String sent = request.getHeader(HEADER);
        return sent != null && ALLOWED.matcher(sent).matches()
                ? sent
                : UUID.randomUUID().toString();
    }
}
