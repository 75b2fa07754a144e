package dev.quarry.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Puts a proxy between a service and its engine that removes what keeps tenants apart. The service's answer cache is
 * off, so that each request asks the engine.
 */
public final class TenantWalls implements QuarkusTestResourceLifecycleManager {
    /** The condition in the SQL of a query. */
    static final String PREDICATE = "organization_id = {organization:String}";
    /** The engine setting that filters every table. */
    static final String FILTER = "additional_table_filters";

    private final Set<String> removed = ConcurrentHashMap.newKeySet();
    private final AtomicInteger predicates = new AtomicInteger();
    private EngineRelay relay;

    /** On a field of type {@code Set<String>}: the proxy removes these, {@link #PREDICATE} and {@link #FILTER}. */
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Removed {}

    /** On a field of type {@code AtomicInteger}: the number of queries that had the predicate. */
    @Retention(RetentionPolicy.RUNTIME)
    public @interface Predicates {}

    /** Starts after the stores. */
    @Override
    public int order() {
        return 1;
    }

    @Override
    public Map<String, String> start() {
        relay = EngineRelay.changing(this::breach);
        return Map.of("quarry.clickhouse.url", relay.url(), "quarry.answer-cache.bytes", "0");
    }

    private EngineRelay.Statement breach(EngineRelay.Statement statement) {
        String target = statement.target();
        String body = statement.body();
        if (body.contains(PREDICATE)) {
            predicates.incrementAndGet();
        }
        if (removed.contains(PREDICATE)) {
            body = body.replace(PREDICATE, "({organization:String} != '')");
        }
        if (removed.contains(FILTER)) {
            target = target.replaceAll("(?<=[?&])" + FILTER + "=[^&]*&?", "");
        }
        return new EngineRelay.Statement(target, body);
    }

    @Override
    public void inject(TestInjector injector) {
        injector.injectIntoFields(removed, new TestInjector.Annotated(Removed.class));
        injector.injectIntoFields(predicates, new TestInjector.Annotated(Predicates.class));
    }

    @Override
    public void stop() {
        if (relay != null) {
            relay.close();
        }
    }
}
