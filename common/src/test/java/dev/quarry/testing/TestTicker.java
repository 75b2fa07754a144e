package dev.quarry.testing;

import dev.quarry.time.Ticker;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;

/** The ticker of a service under test. It follows {@link TestClock}: a test that sets the clock lets time pass. */
@ApplicationScoped
public class TestTicker implements Ticker {
    private final TestClock clock;

    TestTicker(TestClock clock) {
        this.clock = clock;
    }

    @Override
    public long nanos() {
        return Duration.between(Instant.EPOCH, clock.instant()).toNanos();
    }
}
