package dev.quarry.tabular;

import dev.quarry.request.RequestContext;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.Optional;

/**
 * Chooses the format of an answer: a table if the client prefers one, else JSON. Like FastAPI, it refuses no {@code
 * Accept} header. RESTEasy refuses headers that it cannot read, some of them with a 500, and those that name no format of
 * the resource, and answers {@code application/*} with bytes. So it gets the header of the chosen format instead: none
 * for JSON.
 */
@ApplicationScoped
class FormatChoice {
    /** After {@code RequestGate}, which begins the request. */
    private static final int AFTER_THE_GATE = 900;

    void register(@Observes Filters filters) {
        filters.register(FormatChoice::choose, AFTER_THE_GATE);
    }

    private static void choose(RoutingContext context) {
        MultiMap headers = context.request().headers();
        List<String> accepted = headers.getAll(HttpHeaders.ACCEPT);
        if (!accepted.isEmpty() && !RequestContext.of(context).isOfOperators()) {
            Optional<TableFormat> table = new AcceptedRanges(accepted).table();
            if (table.isPresent()) {
                headers.set(HttpHeaders.ACCEPT, table.get().acceptHeader());
            } else {
                headers.remove(HttpHeaders.ACCEPT);
            }
        }
        context.next();
    }
}
