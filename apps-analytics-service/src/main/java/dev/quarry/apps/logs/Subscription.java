package dev.quarry.apps.logs;

import dev.quarry.error.FailureException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The share of one tail in the looks of a {@link SharedTail}. The tail has one thread, the looks have another. */
final class Subscription implements AutoCloseable {
    /** So many entries wait for a client that reads slowly. With more, its tail sends these and ends. */
    static final int MOST_WAITING = 10_000;

    private final SharedTail tail;
    private final CatchUp catchUp;
    private final Instant start;
    private final BlockingQueue<List<TailEntry>> looks = new LinkedBlockingQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private volatile boolean hasJoined;
    private volatile boolean hasEnded;

    private Subscription(SharedTail tail, CatchUp catchUp, Instant start, boolean hasJoined) {
        this.tail = tail;
        this.catchUp = catchUp;
        this.start = start;
        this.hasJoined = hasJoined;
    }

    /** Sends what the looks find from now on. */
    static Subscription joining(SharedTail tail, CatchUp catchUp, Instant now) {
        return new Subscription(tail, catchUp, now, true);
    }

    /**
     * Joins after the first look that reaches {@code now}, and sends first what counts from before: also what is
     * delivered just now.
     */
    static Subscription resuming(SharedTail tail, CatchUp catchUp, Instant now) {
        return new Subscription(tail, catchUp, now, false);
    }

    /** Where a client resumes that has received no entry from this tail. */
    TailCursor cursor() {
        return catchUp.cursor();
    }

    /** Whether it needs the entries of the next look. */
    boolean hasJoined() {
        return hasJoined;
    }

    /** Receives the entries that a look until {@code end} found. For the thread of the looks. */
    void receive(List<TailEntry> look, Instant end) {
        if (!hasJoined) {
            if (!end.isBefore(start)) {
                catchUp.readUntil(end);
                hasJoined = true;
                // Wakes the tail.
                looks.add(List.of());
            }
        } else if (!hasEnded && !look.isEmpty()) {
            looks.add(look);
            if (waiting.addAndGet(look.size()) > MOST_WAITING) {
                end();
            }
        }
    }

    /** No further look follows. */
    void end() {
        hasEnded = true;
    }

    /** False once everything is sent that was found before the end. */
    boolean isOpen() {
        return !hasEnded || !looks.isEmpty() || (hasJoined && catchUp.isReading());
    }

    /**
     * The next entries, oldest first. Waits for them, but not longer than {@code patience}.
     *
     * @throws FailureException if the engine does not answer
     */
    List<TailEntry> next(Duration patience) throws InterruptedException {
        if (hasJoined && catchUp.isReading()) {
            return catchUp.next();
        }
        List<TailEntry> look = looks.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (look == null) {
            return List.of();
        }
        waiting.addAndGet(-look.size());
        return catchUp.lacking(look);
    }

    @Override
    public void close() {
        tail.remove(this);
    }
}
