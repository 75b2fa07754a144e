package dev.quarry.testing;

import com.sun.net.httpserver.HttpExchange;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Turns on traces, receives the service's exports as a collector would, and records which trace each query to the
 * engine belongs to.
 */
public final class TelemetryRecorder implements QuarkusTestResourceLifecycleManager {
    private final Queue<byte[]> exported = new ConcurrentLinkedQueue<>();
    private final Queue<String> traceParents = new ConcurrentLinkedQueue<>();
    private EngineRelay relay;

    /** On a field of type {@code Queue<byte[]>}: receives the exported batches, in OTLP's binary form. */
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Exported {}

    /**
     * On a field of type {@code Queue<String>}: receives the {@code traceparent} of each query to the engine, if it has
     * one.
     */
    @Retention(RetentionPolicy.RUNTIME)
    public @interface TraceParents {}

    /** Starts after the stores. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public Map<String, String> start() {
        relay = EngineRelay.recording(
                (headers, body) -> traceParents.addAll(headers.getOrDefault("traceparent", List.of())));
        relay.answer("/v1/traces", this::collect);
        String url = relay.url();
        return Map.of(
                "quarkus.otel.sdk.disabled", "false",
                "quarkus.otel.exporter.otlp.endpoint", url,
                "quarkus.otel.exporter.otlp.protocol", "http/protobuf",
                "quarkus.otel.bsp.schedule.delay", "50ms",
                "quarry.clickhouse.url", url);
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(exported, new TestInjector.Annotated(Exported.class));
        injector.injectIntoFields(traceParents, new TestInjector.Annotated(TraceParents.class));
    }

    @Override
    public void stop() {
        if (relay != null) {
            relay.close();
        }
    }

    private void collect(HttpExchange exchange) throws IOException {
        try (exchange) {
            exported.add(exchange.getRequestBody().readAllBytes());
            exchange.sendResponseHeaders(200, -1);
        }
    }
}
