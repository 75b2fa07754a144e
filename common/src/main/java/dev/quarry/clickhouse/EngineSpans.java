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
 * A span for each question to the engine, and the header by which the engine's own spans join it. A span tells which
 * tables were asked and how it went, never the SQL, a bound value or a tenant. A question outside of any trace, such as a
 * health check's, has none.
 */
final class EngineSpans {
    private static final Pattern OPERATION = Pattern.compile("\\s*(\\w+)");
    private static final Pattern TABLE = Pattern.compile("\\b(?:FROM|INTO)\\s+([A-Za-z_][A-Za-z0-9_.]*)");

    private final Tracer tracer;
    private final TextMapPropagator propagator;
    private final ClickHouseConfiguration address;

    EngineSpans(OpenTelemetry telemetry, ClickHouseConfiguration address) {
        this.tracer = telemetry.getTracer("dev.quarry.clickhouse");
        this.propagator = telemetry.getPropagators().getTextMapPropagator();
        this.address = address;
    }

    /** {@code header} takes what the engine is to be sent. */
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

    void end(Span span, Throwable thrown) {
        if (span.isRecording() && thrown != null) {
            span.setStatus(StatusCode.ERROR);
            span.setAttribute(
                    "error.type",
                    QueryOutcome.of(EngineErrors.translate(thrown)).label());
        }
        span.end();
    }

    /** What OpenTelemetry calls the query's summary: {@code SELECT app_hours}. */
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
