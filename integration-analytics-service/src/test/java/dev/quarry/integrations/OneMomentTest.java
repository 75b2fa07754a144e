package dev.quarry.integrations;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** While invocations pour in and days are rebuilt, the panels of each single envelope agree. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class OneMomentTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ENVELOPES = 25;
    private static final int BATCH = 50;

    @ParameterizedTest
    @ValueSource(strings = {"minute", "hour", "week"})
    void panelsOfADashboardAgreeDuringWrites(String granularity) throws Exception {
        TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        AtomicBoolean enough = new AtomicBoolean();
        Thread source = Thread.ofPlatform().start(() -> {
            for (int batch = 0; !enough.get(); batch++) {
                Deliveries.deliver(caller, batch(batch));
            }
        });
        try {
            for (int i = 0; i < ENVELOPES; i++) {
                String answer = caller.withApiKey()
                        .queryParam("start_date", "2026-02-20")
                        .queryParam("end_date", "2026-02-20")
                        .queryParam("granularity", granularity)
                        .get("/v1/analytics/integrations/dashboard")
                        .asString();
                RecomputationTest.assertAgree(JSON.readTree(answer), granularity);
            }
        } finally {
            enough.set(true);
            source.join();
        }
    }

    private static List<Invocation> batch(int number) {
        List<Invocation> batch = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            boolean failed = i % 5 == 0;
            batch.add(new Invocation(
                    number + "/" + i,
                    Instant.parse("2026-02-20T00:00:00Z").plusSeconds((number * 7919L + i * 1201L) % 86_400),
                    "integration_" + i % 3,
                    "tool",
                    i % 2 == 0 ? "vendor_api" : "feather_mcp_client",
                    failed ? "exception" : "success",
                    failed ? "timeout" : "",
                    i * 10L));
        }
        return batch;
    }
}
