package dev.quarry.clickhouse;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.fairness.TestFairness;
import dev.quarry.testing.Stores;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class RetentionViewTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    @Inject
    ClickHouseConfiguration engine;

    @Inject
    TenantTables tables;

    /** Each read asks for the guards once. The first one fails as if the heap were full. */
    @Test
    void readsOnAfterAnError() throws InterruptedException {
        AtomicBoolean isMade = new AtomicBoolean();
        AtomicInteger reads = new AtomicInteger();
        ClickHouseConfiguration failingOnce = (ClickHouseConfiguration) Proxy.newProxyInstance(
                ClickHouseConfiguration.class.getClassLoader(),
                new Class<?>[] {ClickHouseConfiguration.class},
                (proxy, method, arguments) -> {
                    if (isMade.get() && method.getName().equals("guards") && reads.incrementAndGet() == 1) {
                        throw new OutOfMemoryError();
                    }
                    return method.invoke(engine, arguments);
                });
        ClickHouse clickHouse = new ClickHouse(
                failingOnce,
                tables,
                TestFairness.queue(),
                () -> ReadContext.NONE,
                new ObjectMapper(),
                new SimpleMeterRegistry(),
                OpenTelemetry.noop());
        isMade.set(true);
        RetentionView view = new RetentionView(clickHouse);
        try {
            await().atMost(SOON).until(() -> reads.get() > 1);
        } finally {
            view.stop(null);
            clickHouse.close();
        }
    }
}
