package dev.quarry.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** Puts a proxy between a service and its engine, so that a test can act just before a statement runs. */
public final class StatementHook implements QuarkusTestResourceLifecycleManager {
    private final AtomicReference<Consumer<String>> hook = new AtomicReference<>(sql -> {});
    private EngineRelay engine;

    /** On a field of type {@code AtomicReference<Consumer<String>>}: gets the SQL of each statement before the engine does. */
    @Retention(RetentionPolicy.RUNTIME)
    public @interface BeforeStatement {}

    /** Starts after the stores. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public Map<String, String> start() {
        engine = EngineRelay.recording((headers, body) -> hook.get().accept(new String(body, StandardCharsets.UTF_8)));
        return Map.of("quarry.clickhouse.url", engine.url());
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(hook, new TestInjector.Annotated(BeforeStatement.class));
    }

    @Override
    public void stop() {
        if (engine != null) {
            engine.close();
        }
    }
}
