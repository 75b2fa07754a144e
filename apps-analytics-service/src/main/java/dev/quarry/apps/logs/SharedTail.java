package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.caller.Caller;
import dev.quarry.error.FailureException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.TimeUnit;

/**
 * Looks at one log for all tails with the same filter. Each look reads the entries that count from after the look before
 * (see {@link TailCursor}), and every tail gets them. A tail that resumes first reads what the looks before its arrival
 * have seen.
 */
final class SharedTail {
    private static final int PAGE = 1_000;
    /** Pages that wait for a client that reads slowly. With more, its tail ends, and it resumes. */
    private static final int MOST_PAGES_WAITING = 16;

    private final TailQuery query;
    private final Caller caller;
    private final LogFilter filter;
    private final Duration lateness;
    private final Duration settling;
    private final Set<Subscription> subscriptions = new CopyOnWriteArraySet<>();
    /** Entries that count from before this moment have been seen. */
    private Instant seen;
    /** The timestamp of the newest entry seen. */
    private Instant newest;

    private final Set<LogPosition> told = new HashSet<>();

    /** Timestamps and deliveries are compared with {@code now}. */
    SharedTail(TailQuery query, Caller caller, LogFilter filter, Duration lateness, Duration settling, Instant now) {
        this.query = query;
        this.caller = caller;
        this.filter = filter;
        this.lateness = lateness;
        this.settling = settling;
        this.seen = settled(now);
        this.newest = seen;
    }

    /**
     * An entry to send.
     *
     * @param resume where a client that has received the entry resumes
     */
    record Told(TailCursor resume, Found row) {
        LogPosition position() {
            return row.position();
        }

        LogEntry entry() {
            return row.entry();
        }
    }

    private Instant settled(Instant now) {
        return now.minus(settling).truncatedTo(ChronoUnit.MILLIS);
    }

    /**
     * Looks once, and gives each tail what is new.
     *
     * @throws FailureException if the engine does not answer; the next look then sees the entries
     */
    void look(Instant now) {
        Instant end = settled(now);
        if (!end.isAfter(seen)) {
            return;
        }
        LogPosition from = LogPosition.startOf(newest.minus(lateness));
        told.removeIf(position -> position.timestamp().isBefore(from.timestamp()));
        List<List<Told>> pages = new ArrayList<>();
        // All that counts from before the last look has been seen, whatever its position.
        TailCursor sent = new TailCursor(LogPosition.startOf(end), seen, seen);
        LogPosition after = from;
        while (after != null) {
            List<Found> rows = query.fetch(caller, filter, sent, after, end, PAGE);
            pages.add(rows.stream()
                    .filter(Found::holds)
                    .map(row -> new Told(new TailCursor(row.position(), seen, end), row))
                    .toList());
            after = rows.size() < PAGE ? null : rows.getLast().position();
        }
        publish(pages, end);
    }

    private synchronized void publish(List<List<Told>> pages, Instant end) {
        for (List<Told> page : pages) {
            List<Told> fresh = page.stream()
                    .filter(entry -> told.add(entry.position()))
                    .toList();
            if (!fresh.isEmpty()) {
                subscriptions.forEach(subscription -> subscription.offer(fresh));
                Instant last = fresh.getLast().position().timestamp();
                newest = last.isAfter(newest) ? last : newest;
            }
        }
        seen = end;
    }

    /** Begins a tail with the entries from {@code begin} on. */
    synchronized Subscription subscribe(Instant begin) {
        return add(new Subscription(TailCursor.after(LogPosition.startOf(begin)), begin, seen));
    }

    /** Begins a tail with what the cursor lacks. */
    synchronized Subscription resume(TailCursor cursor, Instant earliest) {
        Instant late = cursor.knowsDeliveries()
                ? cursor.position().timestamp().minus(lateness)
                : cursor.position().timestamp();
        return add(new Subscription(cursor, late.isBefore(earliest) ? earliest : late, seen));
    }

    private Subscription add(Subscription subscription) {
        subscriptions.add(subscription);
        return subscription;
    }

    boolean isUnused() {
        return subscriptions.isEmpty();
    }

    /** Ends all tails: the engine does not answer. */
    void end() {
        subscriptions.forEach(Subscription::end);
    }

    /** One tail. For one thread, except where it says otherwise. */
    final class Subscription implements AutoCloseable {
        private final TailCursor cursor;
        private final Instant begin;
        private final Instant arrival;
        private final BlockingQueue<List<Told>> pages = new ArrayBlockingQueue<>(MOST_PAGES_WAITING);
        /** What this tail read by itself, to recognise redeliveries. */
        private final Set<LogPosition> caughtUp = new HashSet<>();
        /** Where the next page of the entries before the arrival begins; null after the last one. */
        private LogPosition next;

        private volatile boolean isEnded;

        private Subscription(TailCursor cursor, Instant begin, Instant arrival) {
            this.cursor = cursor;
            this.begin = begin;
            this.arrival = arrival;
            LogPosition first =
                    cursor.knowsDeliveries() || cursor.position().timestamp().isBefore(begin)
                            ? LogPosition.startOf(begin)
                            : cursor.position();
            this.next = begin.isBefore(arrival) ? first : null;
        }

        /**
         * The next entries, oldest first. Waits for them, but not longer than the given time.
         *
         * @throws FailureException if the engine does not answer
         */
        List<Told> next(Duration patience) throws InterruptedException {
            if (next != null) {
                return catchUp();
            }
            List<Told> page = pages.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            return page == null
                    ? List.of()
                    : page.stream()
                            .filter(entry -> !entry.position().timestamp().isBefore(begin)
                                    && !caughtUp.contains(entry.position())
                                    && !cursor.contains(entry.row()))
                            .toList();
        }

        private List<Told> catchUp() {
            List<Found> rows = query.fetch(caller, filter, cursor, next, arrival, PAGE);
            next = rows.size() < PAGE ? null : rows.getLast().position();
            Instant late = arrival.minus(lateness);
            List<Told> page = new ArrayList<>();
            for (Found row : rows) {
                LogPosition position = row.position();
                boolean isRepeated =
                        !page.isEmpty() && page.getLast().position().equals(position);
                if (row.holds() && !isRepeated) {
                    page.add(new Told(new TailCursor(position, cursor.from(), arrival), row));
                    if (!position.timestamp().isBefore(late)) {
                        caughtUp.add(position);
                    }
                }
            }
            return page;
        }

        /** False once the tail must end, because its client reads too slowly or the engine does not answer. */
        boolean isOpen() {
            return !isEnded;
        }

        private void offer(List<Told> page) {
            if (!pages.offer(page)) {
                isEnded = true;
            }
        }

        private void end() {
            isEnded = true;
        }

        @Override
        public void close() {
            subscriptions.remove(this);
        }
    }
}
