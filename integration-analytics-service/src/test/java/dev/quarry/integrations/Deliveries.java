package dev.quarry.integrations;

import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import java.util.Arrays;
import java.util.List;

/** Brings invocations into bronze. */
final class Deliveries {
    static final String TABLE = "invocations";

    private Deliveries() {}

    static void deliver(TestCaller caller, Invocation... invocations) {
        deliver(caller, Arrays.asList(invocations));
    }

    /** One batch; calling it again delivers it again. */
    static void deliver(TestCaller caller, List<Invocation> invocations) {
        Stores.insert(
                TABLE,
                invocations.stream()
                        .map(invocation -> invocation.row(caller.organization()))
                        .toList());
    }
}
