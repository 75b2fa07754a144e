package dev.quarry.integrations;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Tenant;
import dev.quarry.testing.TestCaller;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** An organisation with invocations that succeed and that fail, in the days of the document's examples. */
final class SampleTenant {
    private static final Instant TIME = Instant.parse("2026-06-10T10:00:00Z");

    private SampleTenant() {}

    static Tenant create(int size, String id) {
        TestCaller caller = TestCaller.create(Permissions.INTEGRATIONS_READ);
        String text = caller.organization();
        List<Invocation> invocations = new ArrayList<>();
        for (int row = 1; row <= size; row++) {
            Instant time = TIME.plusSeconds(row);
            invocations.add(new Invocation(id + row, time, text, text, text, "success", "", 100L * size));
            invocations.add(new Invocation(id + "failed" + row, time, text, text, text, "vendor_error", text, 100));
        }
        invocations.add(new Invocation(id + "one", TIME, text, text, text, "success", "", 100L * size));
        Deliveries.deliver(caller, invocations);
        return new Tenant(caller, Map.of());
    }
}
