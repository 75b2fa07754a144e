package dev.quarry.request;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The headers that all answers have in common, whatever made the answer. */
@ApplicationScoped
class AnswerHeaders {
    /** An answer is data: a browser that opens it shows no active content. */
    private static final String DATA_ONLY = "default-src 'none'; frame-ancestors 'none'";
    /** The pages of the documents consist of scripts and styles of the service, some of which are in the pages. */
    private static final String OWN_SCRIPTS =
            "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
                    + "img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

    /** The request headers that an answer depends on. */
    private static final String VARY = "Accept, Authorization, x-api-key, x-session-token, x-organization-id";

    private static final CharSequence SECURITY_POLICY = HttpHeaders.createOptimized("Content-Security-Policy");
    private static final CharSequence TYPE_OPTIONS = HttpHeaders.createOptimized("X-Content-Type-Options");
    private static final CharSequence REFERRER_POLICY = HttpHeaders.createOptimized("Referrer-Policy");

    private final boolean cors;

    AnswerHeaders(@ConfigProperty(name = "quarkus.http.cors.enabled", defaultValue = "false") boolean cors) {
        this.cors = cors;
    }

    /** Tenants' answers are their own, so no cache may share them or reuse them without asking. */
    void add(MultiMap headers, RequestContext exchange) {
        boolean operations = exchange.isOfOperators();
        headers.set("Server-Timing", exchange.serverTiming());
        headers.set(TYPE_OPTIONS, "nosniff");
        headers.set(REFERRER_POLICY, "no-referrer");
        headers.set(SECURITY_POLICY, operations ? OWN_SCRIPTS : DATA_ONLY);
        if (!operations) {
            if (!headers.contains(HttpHeaders.CACHE_CONTROL)) {
                headers.set(HttpHeaders.CACHE_CONTROL, "private, no-cache");
            }
            headers.add(HttpHeaders.VARY, VARY);
            String type = headers.get(HttpHeaders.CONTENT_TYPE);
            if (type != null && type.startsWith(MediaType.APPLICATION_JSON + ";")) {
                // JSON is always UTF-8 and has no parameter for it.
                headers.set(HttpHeaders.CONTENT_TYPE, MediaType.APPLICATION_JSON);
            }
        }
        if (cors) {
            headers.add(HttpHeaders.VARY, HttpHeaders.ORIGIN);
        }
    }
}
