package dev.quarry.clickhouse;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.net.URI;
import java.util.Locale;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes a span for each statement, and the header that connects the engine's own spans to it. A span has the operation,
 * the first table and the outcome, never the SQL, a bound value or a tenant. Statements outside of any trace, such as
 * those of health checks, have no span.
 */
final class ClickHouseSpans {
    private static final Pattern OPERATION = Pattern.compile("\\s*(\\w+)");
    private static final Pattern TABLE = Pattern.compile("\\b(?:FROM|INTO)\\s+([A-Za-z_][A-Za-z0-9_.]*)");

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final ClickHouseConfiguration address;

    ClickHouseSpans(OpenTelemetry telemetry, ClickHouseConfiguration address) {
        this.tracer = telemetry.getTracer("dev.quarry.clickhouse");
        this.propagator = telemetry.getPropagators().getTextMapPropagator();
        this.address = address;
    }

    /** Starts a span. {@code header} receives the headers to send to the engine. */
    Span begin(String sql, BiConsumer<String, String> header) {
        Context parent = Context.current();
        if (!Span.fromContext(parent).getSpanContext().isValid()) {
            return Span.getInvalid();
        }
        Span span = tracer.spanBuilder("clickhouse")
                .setSpanKind(SpanKind.CLIENT)
                .setParent(parent)
                .startSpan();
        if (span.isRecording()) {
            describe(span, sql);
        }
        propagator.inject(parent.with(span), header, BiConsumer::accept);
        return span;
    }

    void end(Span span, QueryOutcome outcome) {
        if (span.isRecording() && outcome != QueryOutcome.SUCCESS) {
            span.setStatus(StatusCode.ERROR);
            span.setAttribute("error.type", outcome.label());
        }
        span.end();
    }

    /** OpenTelemetry's summary of a query, such as {@code SELECT app_hours}. */
    static String summary(String sql) {
        Matcher table = TABLE.matcher(sql);
        return table.find() ? operation(sql) + " " + table.group(1) : operation(sql);
    }

    private void describe(Span span, String sql) {
        URI url = address.url();
        String summary = summary(sql);
        span.updateName(summary);
        span.setAttribute("db.system.name", "clickhouse");
        span.setAttribute("db.namespace", address.database());
        span.setAttribute("db.operation.name", operation(sql));
        span.setAttribute("db.query.summary", summary);
        span.setAttribute("server.address", url.getHost());
        if (url.getPort() > 0) {
            span.setAttribute("server.port", url.getPort());
        }
    }

    private static String operation(String sql) {
        Matcher first = OPERATION.matcher(sql);
        String word = first.lookingAt() ? first.group(1).toUpperCase(Locale.ROOT) : "";
        return word.equals("WITH") ? "SELECT" : word;
    }
}
