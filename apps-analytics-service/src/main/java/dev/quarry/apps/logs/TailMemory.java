package dev.quarry.apps.logs;

import dev.quarry.apps.AppsConfiguration;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits the memory of the entries that all tails of this process hold: entries that wait for a client, and entries that
 * are being sent. One organisation may hold a quarter of it.
 */
@ApplicationScoped
@Startup
class TailMemory {
    /** An organisation may hold one in this many bytes. */
    private static final int SHARE = 4;

    private final long most;
    private final Map<String, Long> held = new HashMap<>();
    private long total;

    @Inject
    TailMemory(AppsConfiguration configuration, MeterRegistry meters) {
        this(configuration.tail().memory());
        meters.gauge("quarry.tails.bytes", this, TailMemory::total);
    }

    /** @param most in bytes, at least 4 */
    TailMemory(long most) {
        this.most = most;
    }

    /** Entries in memory. Several tails may hold them; the memory is free again once the last of them lets go. */
    final class Entries {
        private final String organization;
        private final List<TailEntry> list;
        private final long bytes;
        /** The first one is who took the memory. */
        private final AtomicInteger holders = new AtomicInteger(1);

        private Entries(String organization, List<TailEntry> list, long bytes) {
            this.organization = organization;
            this.list = List.copyOf(list);
            this.bytes = bytes;
        }

        List<TailEntry> list() {
            return list;
        }

        /** One more holds the entries. Only whoever holds them may call this. */
        void hold() {
            holders.incrementAndGet();
        }

        void letGo() {
            if (holders.decrementAndGet() == 0) {
                free(organization, bytes);
            }
        }
    }

    /**
     * Takes memory for entries, which the caller then holds. Empty if there is not enough. An organisation that holds none
     * gets more than its share, so that its tails go on if a single page is as large as that.
     */
    synchronized Optional<Entries> take(String organization, List<TailEntry> entries) {
        long bytes = entries.stream().mapToLong(TailEntry::bytes).sum();
        long own = held.getOrDefault(organization, 0L);
        if ((own > 0 && own + bytes > most / SHARE) || total + bytes > most) {
            return Optional.empty();
        }
        held.put(organization, own + bytes);
        total += bytes;
        return Optional.of(new Entries(organization, entries, bytes));
    }

    /** Bytes that are held. */
    synchronized long total() {
        return total;
    }

    private synchronized void free(String organization, long bytes) {
        held.computeIfPresent(organization, (_, own) -> own == bytes ? null : own - bytes);
        total -= bytes;
    }
}
