package dev.quarry.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** Puts proxies between a service and both of its stores, and records the statements that the service sends. */
public final class StatementRecorder implements QuarkusTestResourceLifecycleManager {
    private final Queue<String> toClickHouse = new ConcurrentLinkedQueue<>();
    private final Queue<String> toPostgres = new ConcurrentLinkedQueue<>();
    private EngineRelay engine;
    private PostgresRelay postgres;

    /** On a field of type {@code Queue<String>}: receives the SQL of each query to ClickHouse. */
    @Retention(RetentionPolicy.RUNTIME)
    public @interface ToClickHouse {}

    /** On a field of type {@code Queue<String>}: receives the SQL of each statement to PostgreSQL. */
    @Retention(RetentionPolicy.RUNTIME)
    public @interface ToPostgres {}

    /** Starts after the stores. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public Map<String, String> start() {
        engine = EngineRelay.recording((headers, body) -> toClickHouse.add(new String(body, StandardCharsets.UTF_8)));
        URI address = Stores.postgres();
        postgres = new PostgresRelay(address.getHost(), address.getPort(), toPostgres);
        return Map.of(
                "quarry.clickhouse.url",
                engine.url(),
                "quarkus.datasource.reactive.url",
                "postgresql://127.0.0.1:" + postgres.port() + address.getPath());
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(toClickHouse, new TestInjector.Annotated(ToClickHouse.class));
        injector.injectIntoFields(toPostgres, new TestInjector.Annotated(ToPostgres.class));
    }

    @Override
    public void stop() {
        if (engine != null) {
            engine.close();
        }
        if (postgres != null) {
            postgres.close();
        }
    }
}
