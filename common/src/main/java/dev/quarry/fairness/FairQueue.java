package dev.quarry.fairness;

import static java.util.Objects.requireNonNull;

import dev.quarry.error.AbandonedException;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.time.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The queue in front of the engine. It gives each organisation a fair share of the places, in proportion to what its
 * reads cost, so that the reads of one do not delay those of another.
 *
 * <p>Order of service: an organisation's turns get a start tag, which grows by the weight of each turn (start-time fair
 * queueing). The organisation with the smallest tag is next, and an organisation that was idle begins at the current
 * tag. So an organisation with 64 reads waiting and one with a single read take turns.
 *
 * <p>An organisation never has more than its own places, even if others are free: a read cannot be interrupted for
 * somebody who comes a moment later. While others enter the queue too, its light turns have at most half of its places:
 * then a turn of somebody else meets fewer reads that already run.
 *
 * <p>Turns that weigh more than 1 are large. They leave free places for light ones, among all places and among those of
 * their organisation. Light turns overtake large ones that wait for another large one.
 *
 * <p>A read that waits too long, or that does not fit into the bounded queue, is refused. An organisation that asks for
 * more than its share gets a 429. If others have all places, it gets a 503.
 */
@ApplicationScoped
@Startup
public class FairQueue {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(1);
    /** The share that large turns leave to light ones: one in this many places. */
    private static final int LIGHT_SHARE = 4;
    /** An organisation counts as one that asks for this long after it entered. */
    private static final Duration RECENT = Duration.ofSeconds(1);
    /** Tags of idle organisations are forgotten above this number. */
    private static final int MOST_IDLE = 10_000;

    private final FairnessConfiguration configuration;
    private final int places;
    private final int ownPlaces;
    private final int largePlaces;
    private final int ownLargePlaces;
    /** Of an organisation's light turns while others ask too. */
    private final int ownSharedPlaces;

    private final int mostWaiting;
    private final int mostOwnWaiting;
    private final Duration patience;
    private final Ticker ticker;
    private final Timer waits;
    private final Counter overShare;
    private final Counter overloaded;

    private final Map<String, Organization> organizations = new HashMap<>();
    /** The organisations whose turns wait. */
    private final Set<Organization> queued = new HashSet<>();

    private int taken;
    private int takenByLarge;
    private int waiting;
    private long tickets;
    /** The start tag of the last turn. */
    private long now;
    /** The organisation that entered last. */
    private String latest = "";

    private long latestNanos;
    /** When another organisation entered last. */
    private long othersNanos;

    /** Another queue, with so many places and without metrics. An organisation may have half of them. */
    public FairQueue separate(int number) {
        return new FairQueue(number, Math.ceilDiv(number, 2), configuration, new CompositeMeterRegistry(), ticker);
    }

    @Inject
    FairQueue(FairnessConfiguration configuration, MeterRegistry meters, Ticker ticker) {
        this(configuration.places(), configuration.placesPerOrganization(), configuration, meters, ticker);
    }

    private FairQueue(int all, int own, FairnessConfiguration configuration, MeterRegistry meters, Ticker ticker) {
        this.configuration = configuration;
        this.ticker = ticker;
        this.latestNanos = ticker.nanos() - RECENT.toNanos();
        this.othersNanos = latestNanos;
        this.places = atLeast(1, "places", all);
        this.ownPlaces = Math.min(places, atLeast(1, "places-per-organization", own));
        this.largePlaces = withoutLightShare(places);
        this.ownLargePlaces = withoutLightShare(ownPlaces);
        this.ownSharedPlaces = Math.ceilDiv(ownPlaces, 2);
        this.mostWaiting = atLeast(0, "waiting", configuration.waiting());
        this.mostOwnWaiting = atLeast(0, "waiting-per-organization", configuration.waitingPerOrganization());
        this.patience = configuration.queueTimeout();
        this.waits = meters.timer("quarry.fairness.wait");
        this.overShare = meters.counter("quarry.fairness.refused", "reason", "share");
        this.overloaded = meters.counter("quarry.fairness.refused", "reason", "overload");
        meters.gauge("quarry.fairness.waiting", this, FairQueue::waiting);
        meters.gauge("quarry.fairness.places.taken", this, FairQueue::taken);
    }

    private static int atLeast(int least, String setting, int value) {
        if (value < least) {
            throw new IllegalArgumentException("quarry.fairness.%s is less than %d".formatted(setting, least));
        }
        return value;
    }

    private static int withoutLightShare(int all) {
        return Math.max(1, all - Math.max(1, all / LIGHT_SHARE));
    }

    /**
     * Takes a ticket for a turn.
     *
     * @param organization the organisation that pays for the turn
     * @param weight what the read costs, compared with a light one; at least 1. Above 1 the turn is large. It takes
     *     so many places, but at most those that large turns of its organisation may have
     */
    public Ticket enter(String organization, int weight) {
        requireNonNull(organization, "organization is null");
        synchronized (this) {
            if (organizations.size() > MOST_IDLE) {
                organizations.values().removeIf(Organization::isIdle);
            }
            remember(organization);
            Organization own = organizations.computeIfAbsent(organization, Organization::new);
            Ticket ticket = new Ticket(own, weight > 1, Math.clamp(weight, 1, Math.min(ownLargePlaces, largePlaces)));
            enqueue(ticket);
            serve();
            if (own.waiting() > mostOwnWaiting) {
                refuse(own.newest(), tooMany());
            } else if (waiting > mostWaiting) {
                refuse(longest(own).newest(), tooMany());
            }
            return ticket;
        }
    }

    private void remember(String organization) {
        if (!organization.equals(latest)) {
            othersNanos = latestNanos;
            latest = organization;
        }
        latestNanos = ticker.nanos();
    }

    /** Whether another organisation entered a moment ago. */
    private boolean othersAsk(Organization own) {
        long entered = own.name.equals(latest) ? othersNanos : latestNanos;
        return ticker.nanos() - entered < RECENT.toNanos();
    }

    /** Number of turns that wait for a place. */
    synchronized int waiting() {
        return waiting;
    }

    private synchronized int taken() {
        return taken;
    }

    /** Gives free places to those who are next. */
    private void serve() {
        for (Optional<Ticket> next = next(); next.isPresent(); next = next()) {
            start(next.get());
        }
    }

    private void enqueue(Ticket ticket) {
        ticket.own.queue(ticket).addLast(ticket);
        queued.add(ticket.own);
        waiting++;
    }

    private void dequeue(Ticket ticket) {
        ticket.own.queue(ticket).remove(ticket);
        if (ticket.own.waiting() == 0) {
            queued.remove(ticket.own);
        }
        waiting--;
    }

    private Optional<Ticket> next() {
        Ticket best = null;
        for (Organization organization : queued) {
            Ticket candidate = candidate(organization);
            if (candidate != null && (best == null || candidate.isBefore(best))) {
                best = candidate;
            }
        }
        // A large turn that is next waits until enough places are free: smaller ones do not take them away.
        return best != null && taken + best.weight <= places ? Optional.of(best) : Optional.empty();
    }

    /** The organisation's next turn, if the organisation may have one more; else null. */
    private Ticket candidate(Organization own) {
        Ticket light = own.light.peekFirst();
        Ticket large = own.large.peekFirst();
        boolean isLargeNext = large != null && (light == null || large.number < light.number);
        if (isLargeNext && waitsForAnotherLarge(large)) {
            isLargeNext = false;
        }
        Ticket next = isLargeNext ? large : light;
        return next != null && fits(next) ? next : null;
    }

    /** Whether the organisation has enough places left for the turn. */
    private boolean fits(Ticket next) {
        Organization own = next.own;
        return own.taken + next.weight <= ownPlaces
                && (next.isLarge || own.takenByLight() < ownSharedPlaces || !othersAsk(own));
    }

    private boolean waitsForAnotherLarge(Ticket large) {
        return large.own.takenByLarge + large.weight > ownLargePlaces || takenByLarge + large.weight > largePlaces;
    }

    private void start(Ticket ticket) {
        Organization own = ticket.own;
        dequeue(ticket);
        now = Math.max(now, own.next);
        own.next = now + ticket.weight;
        take(ticket, ticket.weight);
        ticket.become(State.SERVED);
    }

    private void take(Ticket ticket, int weight) {
        taken += weight;
        ticket.own.taken += weight;
        if (ticket.isLarge) {
            takenByLarge += weight;
            ticket.own.takenByLarge += weight;
        }
    }

    private void refuse(Ticket ticket, Failure failure) {
        dequeue(ticket);
        ticket.refusal = failure;
        ticket.become(State.REFUSED);
        serve();
    }

    private Failure tooMany() {
        overShare.increment();
        return new Failure.TooManyRequests(RETRY_AFTER);
    }

    /** The organisation with most turns waiting. */
    private Organization longest(Organization newest) {
        Organization longest = newest;
        for (Organization other : queued) {
            if (other.waiting() > longest.waiting()) {
                longest = other;
            }
        }
        return longest;
    }

    /** Serves turns that may have become possible: no event tells the queue that others have stopped asking. */
    private synchronized void serveAgain() {
        serve();
    }

    private synchronized void giveUp(Ticket ticket) {
        if (ticket.state != State.WAITING) {
            return;
        }
        if (ticket.own.taken > 0) {
            refuse(ticket, tooMany());
        } else {
            overloaded.increment();
            refuse(ticket, new Failure.Overloaded(RETRY_AFTER));
        }
    }

    private synchronized void leave(Ticket ticket) {
        if (ticket.state == State.WAITING) {
            dequeue(ticket);
        } else if (ticket.state == State.SERVED) {
            take(ticket, -ticket.weight);
        } else {
            return;
        }
        ticket.become(State.LEFT);
        if (taken == 0 && waiting == 0) {
            organizations.clear();
            now = 0;
        } else {
            serve();
        }
    }

    private enum State {
        WAITING,
        SERVED,
        REFUSED,
        LEFT
    }

    /** An organisation's turns. Guarded by the queue. */
    private static final class Organization {
        private final String name;
        private final Deque<Ticket> light = new ArrayDeque<>();
        private final Deque<Ticket> large = new ArrayDeque<>();
        private int taken;
        private int takenByLarge;
        /** The earliest start tag of the next turn. */
        private long next;

        private Organization(String name) {
            this.name = name;
        }

        private Deque<Ticket> queue(Ticket ticket) {
            return ticket.isLarge ? large : light;
        }

        private int takenByLight() {
            return taken - takenByLarge;
        }

        private int waiting() {
            return light.size() + large.size();
        }

        private boolean isIdle() {
            return taken == 0 && waiting() == 0;
        }

        private Ticket newest() {
            Ticket lastLight = light.peekLast();
            Ticket lastLarge = large.peekLast();
            return lastLarge == null || (lastLight != null && lastLight.number > lastLarge.number)
                    ? lastLight
                    : lastLarge;
        }
    }

    /** A turn, or a place in the queue. Close it to end the turn or to leave the queue; any thread may do so. */
    public final class Ticket implements AutoCloseable {
        private final Organization own;
        private final boolean isLarge;
        private final int weight;
        private final long number = tickets++;
        private final CountDownLatch called = new CountDownLatch(1);
        private State state = State.WAITING;
        private Failure refusal;

        private Ticket(Organization own, boolean isLarge, int weight) {
            this.own = own;
            this.isLarge = isLarge;
            this.weight = weight;
        }

        /**
         * Waits for the turn.
         *
         * @throws FailureException with {@link Failure.TooManyRequests} if the organisation asks for more than its share,
         *     with {@link Failure.Overloaded} if others have all places
         * @throws AbandonedException if the ticket was closed meanwhile
         */
        public void await() {
            long start = System.nanoTime();
            try {
                long left = patience.toNanos();
                while (left > 0 && !called.await(Math.min(left, RECENT.toNanos()), TimeUnit.NANOSECONDS)) {
                    serveAgain();
                    left = patience.toNanos() - (System.nanoTime() - start);
                }
                if (left <= 0) {
                    giveUp(this);
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                close();
            }
            waits.record(System.nanoTime() - start, TimeUnit.NANOSECONDS);
            requireTurn();
        }

        private void requireTurn() {
            synchronized (FairQueue.this) {
                switch (state) {
                    case SERVED -> {}
                    case REFUSED -> throw new FailureException(refusal);
                    case WAITING, LEFT -> throw new AbandonedException();
                }
            }
        }

        /** Whether the turn has come and has not ended. */
        boolean isServed() {
            synchronized (FairQueue.this) {
                return state == State.SERVED;
            }
        }

        /** Whether the organisation gets no turn for the ticket. */
        Optional<Failure> refusal() {
            synchronized (FairQueue.this) {
                return Optional.ofNullable(refusal);
            }
        }

        @Override
        public void close() {
            leave(this);
        }

        private void become(State next) {
            state = next;
            called.countDown();
        }

        /** Compares two tickets that are each the next of their organisation. */
        private boolean isBefore(Ticket other) {
            long tag = Math.max(now, own.next);
            long otherTag = Math.max(now, other.own.next);
            return tag < otherTag || (tag == otherTag && number < other.number);
        }
    }
}
