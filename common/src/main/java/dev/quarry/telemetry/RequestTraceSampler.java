package dev.quarry.telemetry;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Decides which traces begin: those of requests and of batches of the rollup job. A service's own queries of
 * PostgreSQL, such as for the progress of the rollup job, begin none. The sender of a request decides whether it is
 * traced; if the sender did not decide, a share of the requests is traced.
 */
@Singleton
class RequestTraceSampler implements Sampler {
    private final Sampler ofTheParent;

    /** @param share the share of requests that are traced, 0..1 */
    RequestTraceSampler(@ConfigProperty(name = "quarkus.otel.traces.sampler.arg", defaultValue = "1.0") double share) {
        this.ofTheParent = Sampler.parentBased(Sampler.traceIdRatioBased(share));
    }

    @Override
    public SamplingResult shouldSample(
            Context parent, String traceId, String name, SpanKind kind, Attributes attributes, List<LinkData> links) {
        boolean root = !Span.fromContext(parent).getSpanContext().isValid();
        return root && kind == SpanKind.CLIENT
                ? SamplingResult.drop()
                : ofTheParent.shouldSample(parent, traceId, name, kind, attributes, links);
    }

    @Override
    public String getDescription() {
        return "RequestTraceSampler{" + ofTheParent.getDescription() + "}";
    }
}
