package dev.quarry.metrics.gold;

import io.quarkus.test.junit.QuarkusMock;

/** Lets each statement of a rebuild read few events, as if the days of a test were large. */
public final class SmallStatements {
    private SmallStatements() {}

    /**
     * Until the end of the test.
     *
     * @param mostEvents maximum number of events that one statement reads
     */
    public static void use(long mostEvents) {
        QuarkusMock.installMockForType(new EventRollup(mostEvents), EventRollup.class);
    }
}
