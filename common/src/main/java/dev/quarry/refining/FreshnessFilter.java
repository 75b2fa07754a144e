package dev.quarry.refining;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Tells in every good answer of a {@link Refined} resource how fresh its numbers are. */
@Provider
@Refined
class FreshnessFilter implements ContainerResponseFilter {
    private static final DateTimeFormatter RFC_3339 =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX").withZone(ZoneOffset.UTC);

    private final Freshness freshness;

    FreshnessFilter(Freshness freshness) {
        this.freshness = freshness;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() == 200) {
            freshness.asOf().ifPresent(asOf -> response.getHeaders().putSingle(Freshness.HEADER, text(asOf)));
        }
    }

    private static String text(Instant asOf) {
        return RFC_3339.format(asOf);
    }
}
