package dev.quarry.testing;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The clock of a service under test. It shows the system's time until a test sets it. */
@ApplicationScoped
public class TestClock extends Clock {
    private volatile Instant fixed;

    public void setTo(Instant instant) {
        fixed = instant;
    }

    /** Makes the clock follow the system's time again. */
    public void reset() {
        fixed = null;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return Clock.fixed(instant(), zone);
    }

    @Override
    public Instant instant() {
        Instant stopped = fixed;
        return stopped == null ? Instant.now() : stopped;
    }
}
