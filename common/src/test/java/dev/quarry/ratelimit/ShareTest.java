package dev.quarry.ratelimit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.ratelimit.RateLimit.Count;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShareTest {
    private static final int LIMIT = 100;
    private static final Instant START = Instant.parse("2026-03-01T12:00:00Z");
    private static final Instant END = START.plusSeconds(60);

    private final AtomicLong nanos = new AtomicLong();
    private final Share share = new Share(nanos::get);

    @Test
    void newShareHasNothingToUseOrReturn() {
        assertEquals(Optional.empty(), share.use(START));
        assertEquals(Optional.empty(), share.giveUp(Duration.ZERO));
    }

    @Test
    void requestsAreCountedInOrderUntilNothingIsLeft() {
        // Other replicas have made 10 requests.
        assertEquals(new Count(11, END), share.add(taken(13, 3, START), LIMIT));

        assertEquals(Optional.of(new Count(12, END)), share.use(START));
        assertEquals(Optional.of(new Count(13, END)), share.use(START));
        assertEquals(Optional.empty(), share.use(START));
    }

    @Test
    void restOfAnEndedWindowIsNotUsed() {
        share.add(taken(8, 8, START), LIMIT);

        assertEquals(Optional.of(new Count(2, END)), share.use(END.minusNanos(1)));
        assertEquals(Optional.empty(), share.use(END));
    }

    @Test
    void restOfAnEarlierWindowIsDroppedWhenTheNextOneBegins() {
        share.add(taken(8, 8, START), LIMIT);

        assertEquals(new Count(1, END.plusSeconds(60)), share.add(taken(2, 2, END), LIMIT));
        assertEquals(Optional.of(new Count(2, END.plusSeconds(60))), share.use(END));
        assertEquals(Optional.empty(), share.use(END));
    }

    @Test
    void lateShareOfAnEarlierWindowDoesNotReplaceTheRest() {
        share.add(taken(2, 2, END), LIMIT);

        assertEquals(new Count(17, END), share.add(taken(20, 4, START), LIMIT));
        assertEquals(Optional.of(new Count(2, END.plusSeconds(60))), share.use(END));
        assertEquals(Optional.empty(), share.use(END));
    }

    /** Also if it begins before the last one, because a clock has gone back. */
    @Test
    void nextWindowBeginsIfNothingIsLeft() {
        share.add(taken(1, 1, END), LIMIT);

        assertEquals(new Count(1, END), share.add(taken(2, 2, START), LIMIT));
        assertEquals(Optional.of(new Count(2, END)), share.use(START));
    }

    @Test
    void sharesOfOneWindowAddUp() {
        share.add(taken(2, 2, START), LIMIT);

        assertEquals(new Count(2, END), share.add(taken(5, 3, START), LIMIT));
        assertEquals(Optional.of(new Count(3, END)), share.use(START));
        assertEquals(Optional.of(new Count(4, END)), share.use(START));
        assertEquals(Optional.of(new Count(5, END)), share.use(START));
        assertEquals(Optional.empty(), share.use(START));
    }

    /** An answer that says less than the replica has used itself would make more than the limit remain. */
    @Test
    void countsAtLeastItsOwnRequestsIfAnswersOvertakeEachOther() {
        assertEquals(new Count(5, END), share.add(taken(12, 8, START), LIMIT));

        assertEquals(new Count(2, END), share.add(taken(4, 4, START), LIMIT));
        assertEquals(Optional.of(new Count(3, END)), share.use(START));
        assertEquals(new Count(6, END), share.add(taken(16, 2, START), LIMIT));
    }

    @Test
    void ownRequestsOfAnEarlierWindowDoNotCount() {
        share.add(taken(2, 2, START), LIMIT);
        share.use(START);

        assertEquals(new Count(1, END.plusSeconds(60)), share.add(taken(1, 1, END), LIMIT));
    }

    @Test
    void emptyShareIsOverTheLimit() {
        assertEquals(new Count(LIMIT + 1, END), share.add(taken(LIMIT, 0, START), LIMIT));
        assertEquals(Optional.empty(), share.use(START));
    }

    @Test
    void returnedRestIsNotUsed() {
        share.add(taken(8, 8, START), LIMIT);
        share.use(START);

        assertEquals(Optional.of(new Share.Rest(START.atOffset(ZoneOffset.UTC), 6)), share.giveUp(Duration.ZERO));
        assertEquals(Optional.empty(), share.giveUp(Duration.ZERO));
        assertEquals(Optional.empty(), share.use(START));
    }

    @Test
    void shareThatWasTakenRecentlyIsKept() {
        share.wish();
        share.add(taken(8, 8, START), LIMIT);

        assertEquals(Optional.empty(), share.giveUp(Duration.ofDays(1)));
        assertEquals(Optional.of(new Count(2, END)), share.use(START));
    }

    @Test
    void shareIsGivenUpAtItsAge() {
        share.wish();
        share.add(taken(8, 8, START), LIMIT);
        nanos.addAndGet(99);

        assertEquals(Optional.empty(), share.giveUp(Duration.ofNanos(100)));

        nanos.addAndGet(1);

        assertEquals(
                Optional.of(new Share.Rest(START.atOffset(ZoneOffset.UTC), 7)), share.giveUp(Duration.ofNanos(100)));
    }

    @Test
    void requestsAfterAReturnCountWithoutTheReturnedOnes() {
        share.add(taken(8, 8, START), LIMIT);
        share.giveUp(Duration.ZERO);

        assertEquals(new Count(2, END), share.add(taken(9, 8, START), LIMIT));
    }

    @Test
    void busyKeyTakesSharesThatGrowTo64() {
        assertEquals(
                List.of(1, 2, 4, 8, 16, 32, 64, 64),
                IntStream.range(0, 8)
                        .mapToObj(_ -> wishAfter(Share.LONGEST_UNUSED.minusNanos(1)))
                        .toList());
    }

    @Test
    void keyThatPausedBeginsWithASmallShare() {
        share.wish();

        assertEquals(2, wishAfter(Share.LONGEST_UNUSED.minusNanos(1)));
        assertEquals(1, wishAfter(Share.LONGEST_UNUSED));
    }

    private int wishAfter(Duration pause) {
        nanos.addAndGet(pause.toNanos());
        return share.wish();
    }

    private static Share.Taken taken(int used, int requests, Instant windowStart) {
        return new Share.Taken(
                used, requests, OffsetDateTime.ofInstant(windowStart, ZoneOffset.UTC), windowStart.plusSeconds(60));
    }
}
