package dev.quarry.local;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Whether the stack was asked to stop. All parts that wait use it, so that they stop waiting. */
final class Stopping {

    private final CountDownLatch asked = new CountDownLatch(1);

    void ask() {
        asked.countDown();
    }

    boolean isAsked() {
        return asked.getCount() == 0;
    }

    /** Waits this long, and returns whether the stack was asked to stop. */
    boolean within(Duration time) throws InterruptedException {
        return asked.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    void await() throws InterruptedException {
        asked.await();
    }
}
