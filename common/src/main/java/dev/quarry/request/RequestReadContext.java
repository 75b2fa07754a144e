package dev.quarry.request;

import dev.quarry.clickhouse.ReadContext;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Tells ClickHouse which request a read belongs to and whether its client has gone, and adds the read's time to the
 * request's {@code Server-Timing}.
 */
@ApplicationScoped
class RequestReadContext implements ReadContext.Source {
    @Override
    public ReadContext current() {
        return RequestContext.current()
                .map(request -> new ReadContext(
                        request.requestId(),
                        request.route(),
                        request::addEngineTime,
                        request.hasPlace(),
                        request.departure()))
                .orElse(ReadContext.NONE);
    }
}
