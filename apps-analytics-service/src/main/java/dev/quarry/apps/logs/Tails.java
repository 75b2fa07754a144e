package dev.quarry.apps.logs;

import dev.quarry.apps.AppsConfiguration;
import dev.quarry.caller.Caller;
import dev.quarry.error.FailureException;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** The logs that are followed, each with one thread that looks at it for all of its tails. */
@ApplicationScoped
@Startup
class Tails {
    private static final Logger LOG = Logger.getLogger(Tails.class);
    /** A client that was away longer does not get older entries. */
    private static final Duration LONGEST_ABSENCE = Duration.ofDays(7);
    /** So many looks at a log fail, one after the other, before its tails end. */
    private static final int MOST_FAILURES = 2;

    private final TailQuery query;
    private final TailLimit limit;
    private final TailMemory memory;
    private final AppsConfiguration.Tail configuration;
    private final Clock clock;
    private final Map<Followed, SharedTail> shared = new HashMap<>();

    private record Followed(String organization, LogFilter filter) {}

    Tails(
            TailQuery query,
            TailLimit limit,
            TailMemory memory,
            AppsConfiguration configuration,
            Clock clock,
            MeterRegistry meters) {
        this.query = query;
        this.limit = limit;
        this.memory = memory;
        this.configuration = configuration.tail();
        this.clock = clock;
        meters.gauge("quarry.tails.looks", this, Tails::looks);
    }

    /** Begins a tail; the caller closes it. Without a cursor it begins with the entries from now on. */
    synchronized Subscription follow(Caller caller, LogFilter filter, Optional<TailCursor> resume) {
        Instant now = now();
        Followed followed = new Followed(caller.organization(), filter);
        SharedTail tail = shared.computeIfAbsent(followed, _ -> begin(followed, caller, now));
        return resume.map(cursor -> tail.resume(cursor, now.minus(LONGEST_ABSENCE), now))
                .orElseGet(() -> tail.subscribe(now));
    }

    private SharedTail begin(Followed followed, Caller caller, Instant now) {
        var log = new FollowedLog(query, caller, followed.filter());
        var tail = new SharedTail(log, memory, configuration.lateness(), configuration.settling(), now);
        Thread.ofVirtual().name("tail").start(() -> look(followed, tail));
        return tail;
    }

    private void look(Followed followed, SharedTail tail) {
        int failures = 0;
        try {
            while (!forgetUnused(followed, tail)
                    && !limit.isEnding()
                    && failures < MOST_FAILURES
                    && !tail.isAheadOf(now())) {
                try {
                    tail.look(now());
                    failures = 0;
                } catch (FailureException failed) {
                    failures++;
                    LOG.debugf("A look at a log failed: %s", failed.getMessage());
                }
                Thread.sleep(configuration.interval());
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            end(followed, tail);
        }
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private synchronized int looks() {
        return shared.size();
    }

    private synchronized boolean forgetUnused(Followed followed, SharedTail tail) {
        return tail.isUnused() && shared.remove(followed, tail);
    }

    private synchronized void end(Followed followed, SharedTail tail) {
        shared.remove(followed, tail);
        tail.end();
    }
}
