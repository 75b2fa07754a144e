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
 * Where traces begin: with a request or a batch of refining. What a service asks PostgreSQL of its own accord, such as how
 * far refining has come, begins none. Whoever sent a request has decided whether it is traced; if nobody did, a share of
 * them is.
 */
@Singleton
class RequestTraceSampler implements Sampler {
    private final Sampler ofTheParent;

    /** {@code share} is 0..1. */
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
