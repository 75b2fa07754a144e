package dev.quarry.apps.logs;

import dev.quarry.apps.AppsConfiguration;
import dev.quarry.caller.Caller;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Limits the number of open tails per organisation and per process. Also records that the process is stopping, so that
 * open tails end and do not delay the stop.
 */
@ApplicationScoped
@Startup
class TailLimit {
    private static final Duration RETRY_AFTER = Duration.ofSeconds(10);

    private final int mostPerOrganization;
    private final int most;
    private final Map<String, Integer> open = new HashMap<>();
    private int total;
    private volatile boolean ending;

    TailLimit(AppsConfiguration configuration, MeterRegistry meters) {
        this.mostPerOrganization = configuration.tail().mostPerOrganization();
        this.most = configuration.tail().most();
        meters.gauge("quarry.tails.open", this, TailLimit::total);
        // Quarkus reports its stop only after it has waited for requests, and a tail is a request that does not end by
        // itself.
        Runtime.getRuntime().addShutdownHook(new Thread(this::end));
    }

    @PreDestroy
    void end() {
        ending = true;
    }

    private synchronized int total() {
        return total;
    }

    boolean isEnding() {
        return ending;
    }

    /** The place of one open tail. Closing it frees the place. */
    @FunctionalInterface
    interface Room extends AutoCloseable {
        @Override
        void close();
    }

    /** @throws FailureException with {@link Failure.TooManyRequests} or {@link Failure.Overloaded} if there is none */
    synchronized Room take(Caller caller) {
        String organization = caller.organization();
        if (open.getOrDefault(organization, 0) >= mostPerOrganization) {
            throw new FailureException(new Failure.TooManyRequests(RETRY_AFTER));
        }
        if (total >= most) {
            throw new FailureException(new Failure.Overloaded(RETRY_AFTER));
        }
        open.merge(organization, 1, Integer::sum);
        total++;
        return () -> release(organization);
    }

    private synchronized void release(String organization) {
        open.computeIfPresent(organization, (_, count) -> count == 1 ? null : count - 1);
        total--;
    }
}
