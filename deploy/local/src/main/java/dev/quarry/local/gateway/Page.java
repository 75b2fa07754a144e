package dev.quarry.local.gateway;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * The page with the numbers, and the pages of the API documents. The build of {@code deploy/page} puts their files on the
 * class path; here they are in memory, plain and compressed.
 */
final class Page {

    private static final List<String> ASSETS =
            List.of("app.js", "style.css", "try.js", "swagger-ui-bundle.js", "swagger-ui.css");

    /** Pages load nothing from elsewhere, and no site can frame them. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
                    + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private record Content(Buffer plain, Buffer compressed, String type, String etag) {}

    private final Map<String, Content> byPath = new HashMap<>();

    /** @param upstreams each has a page to try its requests, {@code /docs/<name>} */
    Page(List<Upstream> upstreams) {
        byPath.put("/", read("index.html"));
        byPath.put("/docs", read("docs.html"));
        Content trial = read("try.html");
        byPath.put("/docs/all", trial);
        upstreams.forEach(upstream -> byPath.put("/docs/" + upstream.name(), trial));
        byPath.put("/openapi.json", read("openapi.json"));
        ASSETS.forEach(name -> byPath.put("/page/" + name, read(name)));
    }

    private static Content read(String name) {
        Buffer plain = resource(name);
        return new Content(plain, resource(name + ".gz"), type(name), '"' + digest(plain) + '"');
    }

    private static Buffer resource(String name) {
        try (InputStream stream = Page.class.getResourceAsStream("/page/" + name)) {
            if (stream == null) {
                throw new IllegalStateException("deploy/page was built without " + name);
            }
            return Buffer.buffer(stream.readAllBytes());
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static String type(String name) {
        return switch (name.substring(name.lastIndexOf('.') + 1)) {
            case "html" -> "text/html; charset=utf-8";
            case "js" -> "text/javascript; charset=utf-8";
            case "css" -> "text/css; charset=utf-8";
            case "json" -> "application/json";
            default -> throw new IllegalArgumentException("A file of an unknown type: " + name);
        };
    }

    private static String digest(Buffer content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content.getBytes()));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256", impossible);
        }
    }

    boolean has(String path) {
        return byPath.containsKey(path);
    }

    /** Answers a path that it {@linkplain #has has}. */
    void answer(HttpServerRequest request, String path) {
        Content content = byPath.get(path);
        HttpServerResponse response = request.response()
                .putHeader(HttpHeaders.CONTENT_TYPE, content.type())
                .putHeader(HttpHeaders.ETAG, content.etag())
                .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .putHeader("Content-Security-Policy", POLICY)
                .putHeader("Referrer-Policy", "no-referrer")
                .putHeader("X-Content-Type-Options", "nosniff");
        response.headers().add(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
        if (content.etag().equals(request.getHeader(HttpHeaders.IF_NONE_MATCH))) {
            response.setStatusCode(304).end();
        } else if (acceptsGzip(request)) {
            response.putHeader(HttpHeaders.CONTENT_ENCODING, "gzip").end(content.compressed());
        } else {
            response.end(content.plain());
        }
    }

    private static boolean acceptsGzip(HttpServerRequest request) {
        String accepted = request.getHeader(HttpHeaders.ACCEPT_ENCODING);
        return accepted != null && accepted.matches("(?i)(?:.*[,\\s])?gzip(?!\\s*;\\s*q=0(?:\\.0*)?\\s*(?:,|$)).*");
    }
}
