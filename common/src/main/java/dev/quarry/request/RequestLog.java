package dev.quarry.request;

import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.jboss.logmanager.Logger;

/**
 * Logs one line for each request once it has been answered: the caller, the route, the outcome and the duration. They
 * are fields of the line, so that a JSON log has them as fields. The line has the route's template instead of the path
 * and query string, because what people search for is private.
 */
@ApplicationScoped
class RequestLog {
    private static final Logger LOG = Logger.getLogger("dev.quarry.access");

    private final boolean on;

    RequestLog(RequestLogConfiguration configuration) {
        this.on = configuration.enabled();
    }

    boolean isOn() {
        return on;
    }

    /**
     * Writes the line of a request.
     *
     * @param route the route's template
     * @param traceId null if there is none
     */
    void write(RoutingContext context, RequestContext exchange, String route, Object traceId) {
        if (exchange.isOfOperators()) {
            return;
        }
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("requestId", exchange.requestId());
        if (traceId != null) {
            fields.put("traceId", traceId.toString());
        }
        fields.put("method", context.request().method().name());
        fields.put("route", route);
        fields.put("status", Integer.toString(context.response().getStatusCode()));
        fields.put("durationMs", exchange.totalMillis());
        fields.put("engineMs", exchange.engineMillis());
        fields.put("organizationId", exchange.organization());
        fields.put("credentialId", exchange.credentialId());
        var line = new ExtLogRecord(Level.INFO, message(fields), RequestLog.class.getName());
        line.setLoggerName(LOG.getName());
        line.setMdc(fields);
        LOG.logRaw(line);
    }

    private static String message(Map<String, String> fields) {
        return "%s %s %s in %s ms, engine %s ms, organization %s, credential %s"
                .formatted(
                        fields.get("method"),
                        fields.get("route"),
                        fields.get("status"),
                        fields.get("durationMs"),
                        fields.get("engineMs"),
                        fields.get("organizationId"),
                        fields.get("credentialId"));
    }
}
