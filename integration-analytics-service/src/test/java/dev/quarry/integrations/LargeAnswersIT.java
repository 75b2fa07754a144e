package dev.quarry.integrations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.Crowd;
import dev.quarry.testing.PackagedService;
import dev.quarry.testing.TestCaller;
import java.net.URI;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** 64 simultaneous requests for large answers, on a packaged service whose heap a dozen answers' lists would fill. */
class LargeAnswersIT {
    /** A small heap, and long timeouts for slow machines. */
    private static final String[] OPTIONS = {
        "-Xmx64m",
        "-Dquarry.fairness.queue-timeout=3m",
        "-Dquarry.clickhouse.connect-timeout=1m",
        "-Dquarry.clickhouse.guards.time=3m"
    };

    private static final int AT_ONCE = 64;
    private static final LocalDate START = LocalDate.parse("2026-03-02");
    private static final LocalDate END = LocalDate.parse("2026-03-07");

    @Test
    void fitIntoASmallHeap() throws Exception {
        List<Invocation> invocations = invocations();
        try (PackagedService service = PackagedService.start(OPTIONS)) {
            TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
            Deliveries.insert(caller, invocations);
            URI dashboard = URI.create("http://localhost:" + service.awaitPort()
                    + "/v1/analytics/integrations/dashboard?granularity=minute&start_date=%s&end_date=%s"
                            .formatted(START, END));

            Map<String, String> headers = Map.of("x-api-key", caller.key());
            Crowd.ask(dashboard, headers, 1);
            String answer = Crowd.ask(dashboard, headers, AT_ONCE);

            assertEquals(
                    new Recomputation(invocations, "minute", ZoneOffset.UTC, START, END).envelope(),
                    new ObjectMapper().readTree(answer).toPrettyString());
        }
    }

    /** Each minute of the window and of the one before, every seventh of them failed. */
    private static List<Invocation> invocations() {
        List<Invocation> invocations = new ArrayList<>();
        Instant end = END.plusDays(1).atStartOfDay().toInstant(ZoneOffset.UTC);
        Stream.iterate(START.minusDays(6).atStartOfDay().toInstant(ZoneOffset.UTC), time -> time.plusSeconds(60))
                .takeWhile(time -> time.isBefore(end))
                .forEach(time -> {
                    String id = Integer.toString(invocations.size());
                    String integration = "integration_" + invocations.size() % 5;
                    boolean failed = invocations.size() % 7 == 0;
                    invocations.add(
                            failed
                                    ? Invocation.failure(id, time.toString(), integration, "vendor_error", "timeout")
                                    : Invocation.success(id, time.toString(), integration, invocations.size() % 997));
                });
        return invocations;
    }
}
