package dev.quarry.fairness;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.error.AbandonedException;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.fairness.FairQueue.Ticket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class FairQueueTest {
    private static final int HEAVIEST = 1_000;

    @Test
    void anOrganisationHasOnlyItsOwnPlacesEvenIfOthersAreFree() {
        FairQueue queue = queue(8, 2);

        List<Ticket> greedy = enter(queue, "greedy", 1, 64);

        assertEquals(2, served(greedy));
        assertTrue(queue.enter("other", 1).isServed(), "another organisation does not wait");
    }

    @Test
    void organisationsTakeTurnsWhateverTheNumberOfTheirQuestions() {
        FairQueue queue = queue(1, 1);
        Ticket running = queue.enter("first", 1);
        Map<Ticket, String> waiting = new LinkedHashMap<>();
        enter(queue, "greedy", 1, 6).forEach(ticket -> waiting.put(ticket, "greedy"));
        enter(queue, "modest", 1, 3).forEach(ticket -> waiting.put(ticket, "modest"));

        assertEquals(
                List.of("greedy", "modest", "greedy", "modest", "greedy", "modest", "greedy", "greedy", "greedy"),
                order(running, waiting));
    }

    @Test
    void aTurnCountsWithItsWeight() {
        FairQueue queue = queue(4, 4);
        List<Ticket> running = enter(queue, "first", 1, 4);
        Map<Ticket, String> waiting = new LinkedHashMap<>();
        enter(queue, "heavy", 3, 2).forEach(ticket -> waiting.put(ticket, "heavy"));
        enter(queue, "light", 1, 6).forEach(ticket -> waiting.put(ticket, "light"));
        running.subList(1, 4).forEach(Ticket::close);

        List<String> order = new ArrayList<>(order(running.getFirst(), waiting));

        assertEquals("heavy", order.getFirst());
        assertEquals(
                3,
                order.subList(1, order.lastIndexOf("heavy")).size(),
                () -> "three light turns for a heavy one: " + order);
    }

    @Test
    void whoWasIdleSavesNoTurns() {
        FairQueue queue = queue(1, 1);
        queue.enter("idle", 1).close();
        Ticket running = queue.enter("busy", 1);
        for (int turn = 0; turn < 10; turn++) {
            Ticket next = queue.enter("busy", 1);
            running.close();
            running = next;
        }
        Map<Ticket, String> waiting = new LinkedHashMap<>();
        enter(queue, "busy", 1, 3).forEach(ticket -> waiting.put(ticket, "busy"));
        enter(queue, "idle", 1, 3).forEach(ticket -> waiting.put(ticket, "idle"));

        assertEquals(List.of("idle", "busy", "idle", "busy", "idle", "busy"), order(running, waiting));
    }

    @Test
    void largeTurnsLeavePlacesForLightOnes() {
        FairQueue queue = queue(8, 4);

        List<Ticket> large = new ArrayList<>();
        for (int organization = 0; organization < 5; organization++) {
            large.addAll(enter(queue, "org" + organization, HEAVIEST, 2));
        }

        assertEquals(2, served(large), "each takes three of eight places, and two stay free");
        assertTrue(queue.enter("org0", 1).isServed(), "one of its own places is free too");
        assertTrue(queue.enter("other", 1).isServed());
    }

    @Test
    void lightTurnsHaveHalfOfTheirOrganisationsPlacesWhileOthersAsk() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
        FairQueue queue = TestFairness.queue(Map.of("places", "16", "places-per-organization", "4"), nanos::get);
        List<Ticket> greedy = enter(queue, "greedy", 1, 64);
        assertEquals(4, served(greedy), "nobody else asks");

        queue.enter("other", 1).close();
        greedy.getFirst().close();
        greedy.get(1).close();
        assertEquals(2, served(greedy));
        greedy.get(2).close();
        assertEquals(2, served(greedy), "one turn came for the one that ended");
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());
        greedy.get(3).close();

        assertEquals(4, served(greedy), "the other has not asked for a second");
    }

    /** Only waiting lets the queue look again here: no turn ends. */
    @Test
    void aLightTurnThatWaitsForOthersComesOnceTheyNoLongerAsk() {
        AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1);
        FairQueue queue = TestFairness.queue(
                Map.of("places", "16", "places-per-organization", "4", "queue-timeout", "1ms"), nanos::get);
        queue.enter("other", 1);
        List<Ticket> own = enter(queue, "one", 1, 3);
        assertEquals(2, served(own));
        nanos.addAndGet(Duration.ofSeconds(1).toNanos());

        own.getLast().await();

        assertEquals(3, served(own));
    }

    @Test
    void anOrganisationThatAsksForTheSecondTimeIsNoOther() {
        FairQueue queue = queue(16, 4);
        queue.enter("one", 1).close();

        assertEquals(4, served(enter(queue, "one", 1, 5)), "its own request before does not count");
    }

    @Test
    void largeTurnsAndLightOnesShareAnOrganisationsPlacesWhileOthersAsk() {
        FairQueue queue = queue(16, 4);
        queue.enter("other", 1);

        assertEquals(1, served(enter(queue, "one", HEAVIEST, 2)), "it takes three places");
        assertEquals(1, served(enter(queue, "one", 1, 2)), "one place is left");
    }

    @Test
    void lightTurnsOvertakeLargeOnesThatWaitForLargeOnes() {
        FairQueue queue = queue(8, 4);
        List<Ticket> large = enter(queue, "one", HEAVIEST, 2);
        assertEquals(1, served(large));

        Ticket light = queue.enter("one", 1);

        assertTrue(light.isServed());
        large.getFirst().close();
        assertTrue(large.getLast().isServed(), "it takes the place of the first");
    }

    /** Otherwise a steady stream of light turns would keep it waiting for ever. */
    @Test
    void lightTurnsDoNotOvertakeALargeOneThatWaitsForThem() {
        FairQueue queue = queue(4, 4);
        List<Ticket> running = enter(queue, "one", 1, 4);
        Ticket large = queue.enter("two", 2);
        Ticket later = queue.enter("three", 1);

        running.getFirst().close();
        assertFalse(later.isServed());
        running.get(1).close();

        assertTrue(large.isServed());
        running.get(2).close();
        assertTrue(later.isServed());
    }

    @Test
    void lightAndLargeTurnsOfOneOrganisationKeepTheirOrder() {
        FairQueue queue = queue(1, 1);
        Ticket running = queue.enter("one", 1);
        Ticket large = queue.enter("one", HEAVIEST);
        Ticket light = queue.enter("one", 1);
        Ticket lastLarge = queue.enter("one", HEAVIEST);

        running.close();
        assertTrue(large.isServed());
        assertFalse(light.isServed());
        large.close();
        assertTrue(light.isServed());
        assertFalse(lastLarge.isServed());
        light.close();
        assertTrue(lastLarge.isServed());
    }

    @Test
    void largeTurnThatGivesUpLetsOthersPass() {
        FairQueue queue =
                TestFairness.queue(Map.of("places", "4", "places-per-organization", "4", "queue-timeout", "1ms"));
        assertEquals(3, served(enter(queue, "one", 1, 3)));
        Ticket large = queue.enter("two", 2);
        Ticket light = queue.enter("three", 1);
        assertFalse(light.isServed());

        assertThrows(FailureException.class, large::await);

        assertTrue(light.isServed());
    }

    @Test
    void lightAndLargeTurnsCountForTheOrganisationsQueue() {
        FairQueue queue = TestFairness.queue(
                Map.of("places", "1", "places-per-organization", "1", "waiting-per-organization", "2"));
        Ticket running = queue.enter("one", 1);
        Ticket light = queue.enter("one", 1);
        Ticket large = queue.enter("one", HEAVIEST);

        assertTrue(queue.enter("one", HEAVIEST).refusal().isPresent());
        assertTrue(queue.enter("one", 1).refusal().isPresent());

        assertTrue(light.refusal().isEmpty() && large.refusal().isEmpty());
        assertEquals(2, queue.waiting());
        running.close();
        assertTrue(light.isServed());
    }

    @Test
    void aFullQueueRefusesTheNewestIfAllHaveEquallyManyWaiting() {
        FairQueue queue = TestFairness.queue(Map.of("places", "1", "places-per-organization", "1", "waiting", "2"));
        Ticket running = queue.enter("first", 1);
        List<Ticket> waiting = List.of(queue.enter("one", 1), queue.enter("two", 1));

        Ticket newest = queue.enter("three", 1);

        assertTrue(running.isServed());
        assertInstanceOf(Failure.TooManyRequests.class, newest.refusal().orElseThrow());
        assertTrue(waiting.stream().allMatch(ticket -> ticket.refusal().isEmpty()));
    }

    @Test
    void whoIsInterruptedLeavesTheQueue() {
        FairQueue queue = queue(1, 1);
        Ticket running = queue.enter("one", 1);
        Ticket waiting = queue.enter("two", 1);

        Thread.currentThread().interrupt();
        assertThrows(AbandonedException.class, waiting::await);

        assertTrue(Thread.interrupted(), "the thread stays interrupted");
        assertTrue(running.isServed());
        assertEquals(0, queue.waiting());
    }

    @Test
    void separateQueueHasPlacesOfItsOwn() {
        FairQueue queue = queue(1, 1);
        FairQueue separate = queue.separate(3);

        assertTrue(queue.enter("one", 1).isServed());
        assertEquals(2, served(enter(separate, "one", 1, 3)), "an organisation has half of them");
        assertTrue(separate.enter("two", 1).isServed());
        assertFalse(separate.enter("three", 1).isServed());
    }

    @Test
    void refusesWhatDoesNotFitIntoAnOrganisationsQueue() {
        FairQueue queue = TestFairness.queue(
                Map.of("places", "8", "places-per-organization", "1", "waiting-per-organization", "2"));

        List<Ticket> greedy = enter(queue, "greedy", 1, 5);

        assertEquals(1, served(greedy));
        assertEquals(2, queue.waiting());
        assertInstanceOf(Failure.TooManyRequests.class, greedy.get(3).refusal().orElseThrow());
        assertInstanceOf(Failure.TooManyRequests.class, greedy.get(4).refusal().orElseThrow());
        FailureException refused = assertThrows(FailureException.class, greedy.get(4)::await);
        assertInstanceOf(Failure.TooManyRequests.class, refused.failure());
        assertTrue(queue.enter("other", 1).isServed());
    }

    @Test
    void aFullQueueRefusesTheOrganisationWithMostWaiting() {
        FairQueue queue = TestFairness.queue(Map.of("places", "1", "places-per-organization", "1", "waiting", "4"));
        Ticket running = queue.enter("first", 1);
        List<Ticket> greedy = enter(queue, "greedy", 1, 4);

        Ticket modest = queue.enter("modest", 1);

        assertTrue(modest.refusal().isEmpty());
        assertInstanceOf(
                Failure.TooManyRequests.class, greedy.getLast().refusal().orElseThrow());
        assertTrue(greedy.subList(0, 3).stream()
                .allMatch(ticket -> ticket.refusal().isEmpty()));
        running.close();
        greedy.getFirst().close();
        assertTrue(modest.isServed());
    }

    @Test
    void whoWaitsTooLongLearnsWhoseFaultItIs() {
        FairQueue queue =
                TestFairness.queue(Map.of("places", "2", "places-per-organization", "1", "queue-timeout", "1ms"));
        Ticket one = queue.enter("one", 1);
        Ticket two = queue.enter("two", 1);
        one.await();
        two.await();

        FailureException own = assertThrows(FailureException.class, queue.enter("one", 1)::await);
        FailureException others = assertThrows(FailureException.class, queue.enter("three", 1)::await);

        assertInstanceOf(Failure.TooManyRequests.class, own.failure());
        assertInstanceOf(Failure.Overloaded.class, others.failure());
        assertEquals(0, queue.waiting());
    }

    @Test
    void whoLeavesFreesItsPlace() {
        FairQueue queue = queue(1, 1);
        Ticket running = queue.enter("one", 1);
        Ticket gone = queue.enter("two", 1);
        Ticket last = queue.enter("three", 1);

        gone.close();
        running.close();
        running.close();

        assertTrue(last.isServed());
        assertThrows(AbandonedException.class, gone::await);
        assertFalse(queue.enter("four", 1).isServed(), "a place is not freed twice");
    }

    @Test
    void aTurnThatIsTooHeavyForItsOrganisationTakesAllOfItsLargePlaces() {
        FairQueue queue = queue(16, 1);

        List<Ticket> large = enter(queue, "one", HEAVIEST, 2);

        assertEquals(1, served(large));
    }

    private static FairQueue queue(int places, int placesPerOrganization) {
        return TestFairness.queue(Map.of(
                "places",
                Integer.toString(places),
                "places-per-organization",
                Integer.toString(placesPerOrganization)));
    }

    private static List<Ticket> enter(FairQueue queue, String organization, int weight, int number) {
        return IntStream.range(0, number)
                .mapToObj(ticket -> queue.enter(organization, weight))
                .toList();
    }

    private static long served(List<Ticket> tickets) {
        return tickets.stream().filter(Ticket::isServed).count();
    }

    /** Ends one turn after the other, and returns whose turn came next. */
    private static List<String> order(Ticket running, Map<Ticket, String> waiting) {
        List<String> order = new ArrayList<>();
        Ticket current = running;
        Map<Ticket, String> left = new LinkedHashMap<>(waiting);
        while (!left.isEmpty()) {
            current.close();
            List<Ticket> now = left.keySet().stream().filter(Ticket::isServed).toList();
            assertFalse(now.isEmpty(), () -> "nobody is served after " + order);
            now.forEach(ticket -> order.add(left.remove(ticket)));
            current = now.getLast();
            now.subList(0, now.size() - 1).forEach(Ticket::close);
        }
        return order;
    }
}
