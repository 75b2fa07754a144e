package dev.quarry.refining;

import dev.quarry.auth.Caller;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Tells in every good answer of a {@link Refined} resource how fresh its numbers are. What is told is what was known before
 * the resource asked the engine: a pass that ends in between may not be in the numbers.
 */
@Provider
@Refined
class FreshnessFilter implements ContainerRequestFilter, ContainerResponseFilter {
    private static final String KNOWN = FreshnessFilter.class.getName();
    private static final DateTimeFormatter RFC_3339 =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    private final Freshness freshness;

    FreshnessFilter(Freshness freshness) {
        this.freshness = freshness;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        request.setProperty(KNOWN, freshness.progress());
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() == 200
                && request.getProperty(KNOWN) instanceof Progress known
                && request.getSecurityContext().getUserPrincipal() instanceof Caller caller) {
            known.asOf(caller.organization())
                    .ifPresent(asOf -> response.getHeaders().putSingle(Freshness.HEADER, text(asOf)));
        }
    }

    private static String text(Instant asOf) {
        return RFC_3339.format(asOf);
    }
}
