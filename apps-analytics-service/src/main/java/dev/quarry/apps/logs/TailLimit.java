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
 * How many tails are open, so that no organisation takes all connections, and all together do not take the process; and
 * whether the process is about to end, which no tail should hold up.
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
        // Quarkus tells of its end only after it has waited for requests; a tail is a request that would not end.
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

    /** Room for one tail; closing it makes room again. */
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
