package dev.quarry.testing;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** The clock of a service under test: the system's, until a test says what time it is. */
@ApplicationScoped
public class TestClock extends Clock {
    private volatile Instant fixed;

    /** Stops the clock at an instant. */
    public void setTo(Instant instant) {
        fixed = instant;
    }

    /** Lets it run again. */
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
