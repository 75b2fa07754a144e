package dev.quarry.apps.logs;

import dev.quarry.error.FailureException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The share of one tail in the looks of a {@link SharedTail}. The tail has one thread, the looks have another. */
final class Subscription implements AutoCloseable {
    private final SharedTail tail;
    private final CatchUp catchUp;
    private final Instant start;
    /** Empty ones only wake the tail. */
    private final BlockingQueue<Optional<TailMemory.Entries>> looks = new LinkedBlockingQueue<>();
    /** What the tail sends just now. For the tail's thread. */
    private Optional<TailMemory.Entries> sending = Optional.empty();

    private volatile boolean hasJoined;
    private volatile boolean hasEnded;
    /** The tail ends although it has not sent everything. */
    private volatile boolean hasGivenUp;

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

    /** Whether it needs the entries of the looks. */
    boolean isReceiving() {
        return hasJoined && !hasEnded;
    }

    /** Receives entries that a look found. For the thread of the looks. */
    synchronized void receive(TailMemory.Entries found) {
        if (isReceiving()) {
            found.hold();
            looks.add(Optional.of(found));
        }
    }

    /** A look until {@code end} has ended. For the thread of the looks. */
    void join(Instant end) {
        if (!hasJoined && !end.isBefore(start)) {
            catchUp.readUntil(end);
            hasJoined = true;
            looks.add(Optional.empty());
        }
    }

    /** No further look follows. */
    void end() {
        hasEnded = true;
    }

    /** Ends a tail whose client reads too slowly, and drops what waits for it: the client resumes. */
    synchronized void giveUpIfBehind() {
        if (looks.stream().anyMatch(Optional::isPresent)) {
            giveUp();
        }
    }

    private synchronized void giveUp() {
        hasEnded = true;
        hasGivenUp = true;
        for (var look = looks.poll(); look != null; look = looks.poll()) {
            look.ifPresent(TailMemory.Entries::letGo);
        }
    }

    /** False once everything is sent that was found before the end, or there is no memory for it. */
    boolean isOpen() {
        return !hasGivenUp && (!hasEnded || !looks.isEmpty() || (hasJoined && catchUp.isReading()));
    }

    /**
     * The next entries, oldest first. Waits for them, but not longer than {@code patience}. The tail sends them before it
     * calls this again.
     *
     * @throws FailureException if the engine does not answer
     */
    List<TailEntry> next(Duration patience) throws InterruptedException {
        letGo();
        if (hasJoined && catchUp.isReading()) {
            sending = tail.take(catchUp.next());
            if (sending.isEmpty()) {
                giveUp();
            }
            return sending.map(TailMemory.Entries::list).orElse(List.of());
        }
        Optional<TailMemory.Entries> look = looks.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
        if (look == null) {
            return List.of();
        }
        sending = look;
        return look.map(found -> catchUp.lacking(found.list())).orElse(List.of());
    }

    private void letGo() {
        sending.ifPresent(TailMemory.Entries::letGo);
        sending = Optional.empty();
    }

    /** For the tail's thread. */
    @Override
    public void close() {
        tail.remove(this);
        giveUp();
        letGo();
    }
}
