package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.error.FailureException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * Looks at one log for all tails with the same filter. Each look reads the entries that count from after the look before
 * ({@link TailCursor} says what that means), and every tail gets them.
 */
final class SharedTail {
    /** Open tails get an entry whose INSERT takes longer than the settling time, but not longer than this. */
    private static final Duration SLOWEST_INSERT = Duration.ofSeconds(10);
    /** Clocks are corrected by so much in small steps, and those of replicas differ by so much. */
    private static final Duration SETBACK = Duration.ofSeconds(1);
    /** A look goes back at most so far. Otherwise, a filter that finds nothing would read more and more. */
    private static final Duration LONGEST_LOOK = Duration.ofHours(1);

    private final FollowedLog log;
    private final TailMemory memory;
    private final Duration lateness;
    private final Duration settling;
    private final Set<Subscription> subscriptions = new CopyOnWriteArraySet<>();
    /** Entries that were sent, back to the oldest one that a look reads. */
    private final Set<LogPosition> sent = new HashSet<>();
    /** The looks have read all that counts from {@code start} or later and from before {@code end}. */
    private Instant start;

    private Instant end;
    /** The newest timestamp sent. */
    private Instant newest = Instant.EPOCH;

    /** @param now as in all methods: full milliseconds of the clock with which timestamps and deliveries are compared */
    SharedTail(FollowedLog log, TailMemory memory, Duration lateness, Duration settling, Instant now) {
        this.log = log;
        this.memory = memory;
        this.lateness = lateness;
        this.settling = settling;
        this.start = now;
        this.end = now;
    }

    /** Begins a tail with the entries from {@code now} on. */
    synchronized Subscription subscribe(Instant now) {
        var nothing = new CatchUp(log, TailCursor.after(LogPosition.startOf(now)), now, lateness);
        return add(Subscription.joining(this, nothing, now));
    }

    /** Begins a tail with the entries that its client lacks, but none with a timestamp before {@code earliest}. */
    synchronized Subscription resume(TailCursor cursor, Instant earliest, Instant now) {
        TailCursor known = cursor.isAfter(now.plus(SETBACK)) ? cursor.restartedAt(now) : cursor;
        return add(Subscription.resuming(this, new CatchUp(log, known, earliest, lateness), now));
    }

    private Subscription add(Subscription subscription) {
        subscriptions.add(subscription);
        return subscription;
    }

    void remove(Subscription subscription) {
        subscriptions.remove(subscription);
    }

    boolean isUnused() {
        return subscriptions.isEmpty();
    }

    /**
     * Whether the clock has gone back, so that no look would read anything until it shows the time of the last one again.
     * For the thread of the looks.
     */
    boolean isAheadOf(Instant now) {
        return end.isAfter(now.plus(SETBACK));
    }

    /** Ends all tails: the engine does not answer, or the clock has gone back. */
    void end() {
        subscriptions.forEach(Subscription::end);
    }

    /**
     * Looks once, and gives each tail what is new. For one thread.
     *
     * @throws FailureException if the engine does not answer; the next look then finds the entries
     */
    void look(Instant now) {
        Instant settled = now.minus(settling);
        if (settled.isBefore(end)) {
            return;
        }
        if (isReceiving()) {
            read(settled);
        } else {
            start = settled;
        }
        finish(settled);
    }

    private boolean isReceiving() {
        return subscriptions.stream().anyMatch(Subscription::isReceiving);
    }

    /**
     * Gives the tails the entries that count from before {@code settled} and were not sent, by position, page by page. No
     * tail receives the rest of a look for which there is no memory.
     */
    private void read(Instant settled) {
        Instant since = later(start, end.minus(SLOWEST_INSERT));
        LogPosition after = LogPosition.startOf(later(newest.minus(lateness), settled.minus(LONGEST_LOOK)));
        TailCursor look = new TailCursor(after, end, settled);
        List<Found> page;
        do {
            page = log.page(after, since, settled);
            Map<LogPosition, TailEntry> found = new LinkedHashMap<>();
            for (Found row : page) {
                after = row.position();
                if (row.holds() && !sent.contains(after)) {
                    found.putIfAbsent(after, TailEntry.of(row, look));
                }
            }
            publish(List.copyOf(found.values()));
        } while (!FollowedLog.isLast(page) && isReceiving());
    }

    private void publish(List<TailEntry> found) {
        if (found.isEmpty()) {
            return;
        }
        Optional<TailMemory.Entries> entries = take(found);
        if (entries.isEmpty()) {
            subscriptions.forEach(Subscription::giveUpIfBehind);
            entries = take(found);
        }
        if (entries.isEmpty()) {
            subscriptions.stream().filter(Subscription::isReceiving).forEach(Subscription::end);
            return;
        }
        for (TailEntry entry : found) {
            sent.add(entry.position());
            newest = later(newest, entry.timestamp());
        }
        TailMemory.Entries taken = entries.get();
        subscriptions.forEach(subscription -> subscription.receive(taken));
        taken.letGo();
    }

    private synchronized void finish(Instant settled) {
        sent.removeIf(position -> position.timestamp().isBefore(newest.minus(lateness)));
        subscriptions.forEach(subscription -> subscription.join(settled));
        end = settled;
    }

    /** Memory for entries of this log. Empty if the tails hold too many. */
    Optional<TailMemory.Entries> take(List<TailEntry> entries) {
        return memory.take(log.caller().organization(), entries);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
