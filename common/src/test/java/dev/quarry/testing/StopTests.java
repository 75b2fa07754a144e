package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/**
 * Checks that an ordinary stop logs no error and no warning, whatever the service was doing: connecting, receiving its
 * first notification, or in the middle of a pass of the rollup job. A service extends this class once, to be tested as
 * it is packaged. Set {@code -Dquarry.test.stops} to stop it more often than by default.
 */
public abstract class StopTests {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int STOPS = Integer.getInteger("quarry.test.stops", 4);
    /**
     * Upper limits of the random time before a stop, in turn: the service stops at once, while it connects, or while it
     * works.
     */
    private static final List<Duration> LATEST =
            List.of(Duration.ZERO, Duration.ofMillis(5), Duration.ofMillis(50), Duration.ofMillis(1_500));

    @Test
    void stopsWithoutWarningsInTheLog() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<String> complaints = new ArrayList<>();
        for (int stop = 0; stop < STOPS; stop++) {
            Duration latest = LATEST.get(stop % LATEST.size());
            long wait = latest.isZero() ? 0 : random.nextLong(latest.toNanos());
            try (PackagedService service = PackagedService.start("-Dquarry.rollup.interval=20ms")) {
                service.awaitPort();
                // The test is about the moment of the stop, so this does not wait for anything.
                LockSupport.parkNanos(wait);
                service.terminate();
                String log = service.awaitEnd(PATIENCE);
                assertTrue(log.contains(" stopped in "), log);
                if (log.lines().anyMatch(line -> line.matches("\\S+ (WARN|ERROR|FATAL) .*"))) {
                    complaints.add("Stopped %d us after it listened:\n%s".formatted(wait / 1_000, log));
                }
            }
        }
        assertTrue(
                complaints.isEmpty(),
                () -> "%d of %d stops, with seed %d\n%s"
                        .formatted(complaints.size(), STOPS, seed, String.join("\n", complaints)));
    }
}
