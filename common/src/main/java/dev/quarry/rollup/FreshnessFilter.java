package dev.quarry.rollup;

import dev.quarry.caller.Caller;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/**
 * Writes the freshness header into every 200 of a {@link WithDataAsOf} resource. It uses the progress known before the
 * resource queried the engine, because the numbers may lack a pass that ended later.
 */
@Provider
@WithDataAsOf
class FreshnessFilter implements ContainerRequestFilter, ContainerResponseFilter {
    private static final String KNOWN = FreshnessFilter.class.getName();

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
                    .ifPresent(asOf -> response.getHeaders().putSingle(Freshness.HEADER, Freshness.text(asOf)));
        }
    }
}
