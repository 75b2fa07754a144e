package dev.quarry.retention;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.ext.Provider;

/** Writes {@link DataSince#HEADER} into every 200 of a {@link WithDataSince} resource. */
@Provider
@WithDataSince
class DataSinceFilter implements ContainerResponseFilter {
    private final DataSince since;

    DataSinceFilter(DataSince since) {
        this.since = since;
    }

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        if (response.getStatus() == 200) {
            since.told().ifPresent(day -> response.getHeaders().putSingle(DataSince.HEADER, day.toString()));
        }
    }
}
