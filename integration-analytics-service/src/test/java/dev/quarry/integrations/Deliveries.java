package dev.quarry.integrations;

import dev.quarry.testing.Rollups;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import java.util.Arrays;
import java.util.List;

/** Brings invocations into bronze and, unless asked not to, into the roll-ups. */
final class Deliveries {
    private Deliveries() {}

    static void deliver(TestCaller caller, Invocation... invocations) {
        deliver(caller, Arrays.asList(invocations));
    }

    /** One batch; calling it again delivers it again. */
    static void deliver(TestCaller caller, List<Invocation> invocations) {
        insert(caller, invocations);
        run();
    }

    static void insert(TestCaller caller, List<Invocation> invocations) {
        Stores.insert(
                "invocations",
                invocations.stream()
                        .map(invocation -> invocation.row(caller.organization()))
                        .toList());
    }

    static void run() {
        Rollups.run();
    }
}
