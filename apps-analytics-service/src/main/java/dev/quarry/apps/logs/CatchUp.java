package dev.quarry.apps.logs;

import dev.quarry.apps.logs.LogsQuery.Found;
import dev.quarry.error.FailureException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What one tail reads by itself when its client resumes: first the rest of the look in which the connection before
 * ended, then what counts from later times until the tail joins the shared looks. Afterwards it recognises entries that
 * are delivered again.
 */
final class CatchUp {
    private final FollowedLog log;
    private final TailCursor cursor;
    private final Duration lateness;
    private final Deque<TailCursor> looks = new ArrayDeque<>();
    /** Entries that the client has, back to {@code begin}. */
    private final Set<LogPosition> known = new HashSet<>();
    /** Earlier timestamps are too late. */
    private Instant begin;

    private Instant end = Instant.EPOCH;
    /** The newest timestamp read. */
    private Instant newest = Instant.EPOCH;

    /** @param earliest the client gets no entries with an earlier timestamp */
    CatchUp(FollowedLog log, TailCursor cursor, Instant earliest, Duration lateness) {
        this.log = log;
        this.cursor = cursor.notBefore(earliest);
        this.lateness = lateness;
        Instant late = this.cursor.position().timestamp().minus(lateness);
        this.begin = late.isBefore(earliest) ? earliest : late;
    }

    /** Where the client stands before it has received anything. */
    TailCursor cursor() {
        return cursor;
    }

    /** Begins to catch up, with what counts from before {@code arrival}. All of that can be read now. */
    void readUntil(Instant arrival) {
        TailCursor interrupted = cursor.endingAt(arrival);
        looks.add(interrupted);
        if (interrupted.until().isBefore(arrival)) {
            looks.add(new TailCursor(LogPosition.startOf(begin), interrupted.until(), arrival));
        }
        end = arrival;
    }

    boolean isReading() {
        return !looks.isEmpty();
    }

    /**
     * The next entries that the client lacks; there may be none.
     *
     * @throws FailureException if the engine does not answer
     */
    List<TailEntry> next() {
        TailCursor look = looks.removeFirst();
        // Also reads the entries that the client has, to recognise them if they are delivered again.
        List<Found> rows = log.page(look.position(), Instant.EPOCH, look.until());
        List<TailEntry> lacking = new ArrayList<>();
        for (List<Found> deliveries : byEntry(rows)) {
            Found entry = deliveries.getFirst();
            if (entry.holds()
                    && known.add(entry.position())
                    && !deliveries.getLast().countsFrom().isBefore(look.from())) {
                lacking.add(TailEntry.of(entry, look));
            }
        }
        if (!rows.isEmpty()) {
            LogPosition last = rows.getLast().position();
            newest = last.timestamp().isAfter(newest) ? last.timestamp() : newest;
            if (!FollowedLog.isLast(rows)) {
                looks.addFirst(look.at(last));
            }
        }
        forgetLate();
        return lacking;
    }

    /** The deliveries of each entry, the newest first. */
    private static Collection<List<Found>> byEntry(List<Found> rows) {
        return rows.stream()
                .collect(Collectors.groupingBy(Found::position, LinkedHashMap::new, Collectors.toList()))
                .values();
    }

    private void forgetLate() {
        Instant late = newest.minus(lateness);
        known.removeIf(position -> position.timestamp().isBefore(late));
        if (looks.isEmpty() && late.isAfter(begin)) {
            begin = late;
        }
    }

    /** The entries of a shared look that the client lacks. */
    List<TailEntry> lacking(List<TailEntry> look) {
        List<TailEntry> lacking = look.stream()
                .filter(entry -> !entry.timestamp().isBefore(begin) && !known.contains(entry.position()))
                .toList();
        if (!look.isEmpty() && look.getLast().timestamp().isAfter(end.plus(lateness))) {
            // From now on, the looks begin after the entries that this tail has read by itself.
            known.clear();
        }
        return lacking;
    }
}
