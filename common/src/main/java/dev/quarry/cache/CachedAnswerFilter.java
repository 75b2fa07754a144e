package dev.quarry.cache;

import jakarta.annotation.Priority;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;

/**
 * Sends the bytes of a {@link CachedAnswer}. Answers 304 without a body if the client already has the answer, as its
 * {@code If-None-Match} says.
 */
@Provider
@Priority(CachedAnswerFilter.LAST)
class CachedAnswerFilter implements ContainerResponseFilter {
    /** After the filters that add headers to a 200: filters of responses run in descending order. */
    static final int LAST = 1;

    private static final Annotation[] NO_ANNOTATIONS = {};

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (!(response.getEntity() instanceof CachedAnswer answer)) {
            return;
        }
        String known = request.getHeaderString(HttpHeaders.IF_NONE_MATCH);
        if (known != null && answer.isNamedBy(known)) {
            response.setStatus(304);
            response.setEntity(null);
        } else {
            response.setEntity(answer.body(), NO_ANNOTATIONS, MediaType.valueOf(answer.mediaType()));
        }
    }
}
