package dev.quarry.telemetry;

import static java.util.Map.entry;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.Map;

/**
 * What each metric means, for Prometheus's {@code # HELP}. All descriptions are here, because several places register
 * the same metric, and because libraries register metrics without a description.
 */
final class Descriptions {
    private static final Map<String, String> BY_NAME = Map.ofEntries(
            entry("quarry.build.info", "Version and packaging of the service that runs; always 1"),
            entry("quarry.engine.query", "Reads from ClickHouse, with their repeated attempts, by outcome"),
            entry("quarry.credential.lookups", "Look-ups of credentials, by where they were found"),
            entry("quarry.credential.revocations.heard", "1 while revocations of keys arrive within a second"),
            entry("quarry.rate.limit.requests", "Requests under a rate limit, by decision"),
            entry("quarry.rate.limit.alone", "Requests that this replica counted alone, without PostgreSQL"),
            entry(
                    "quarry.rollup.lag.seconds",
                    "Age of the numbers in answers; infinite until the first pass has ended"),
            entry("quarry.rollup.pass", "Passes of the rollup job, by outcome"),
            entry("quarry.rollup.buckets", "Buckets rebuilt by the rollup job"),
            entry("quarry.rollup.dirty.buckets", "Buckets that wait for the rollup job to rebuild them"),
            entry("quarry.rollup.marks", "Inserts that the rollup job has counted, once for each bucket"),
            entry("quarry.rollup.set.aside.buckets", "Buckets that could not be rebuilt while others could"),
            entry("quarry.fairness.waiting", "Reads that wait for a place before ClickHouse"),
            entry("quarry.fairness.places.taken", "Places before ClickHouse that reads have taken"),
            entry("quarry.fairness.wait", "How long reads waited for their places"),
            entry("quarry.fairness.refused", "Reads refused before ClickHouse, by reason"),
            entry("quarry.answer.cache.requests", "Questions to the answer cache, by result"),
            entry("quarry.answer.cache.bytes", "Size of the cached answers"),
            entry("quarry.answer.cache.evictions", "Answers removed from the answer cache to make room"),
            entry("quarry.tails.bytes", "Estimated bytes of the log entries that tails hold"),
            entry("quarry.tails.open", "Open tails of logs"),
            entry("quarry.tails.looks", "Logs that tails follow, each with its filter"),
            entry("quarry.postgres.statement", "Statements to PostgreSQL, with their repeated attempts, by outcome"),
            entry("ft.invocations.total", "Guarded queries, by result"),
            entry("ft.retry.calls.total", "Guarded queries, by whether they were repeated and how they ended"),
            entry("ft.retry.retries.total", "Repeated queries"),
            entry("ft.timeout.calls.total", "Guarded queries, by whether they took too long"),
            entry("ft.timeout.executionDuration", "Time of guarded queries"),
            entry("ft.circuitbreaker.calls.total", "Queries at the circuit breaker, by result"),
            entry("ft.circuitbreaker.opened.total", "How often the circuit breaker opened"),
            entry("ft.circuitbreaker.state.current", "1 for the current state of the circuit breaker"),
            entry("ft.circuitbreaker.state.total", "Time that the circuit breaker spent in each state"),
            entry("ft.bulkhead.calls.total", "Statements at the limit of concurrent statements, by result"),
            entry("ft.bulkhead.executionsRunning", "Statements that run under the limit of concurrent statements"),
            entry("ft.bulkhead.executionsWaiting", "Statements that wait under the limit of concurrent statements"),
            entry("ft.bulkhead.runningDuration", "Time of statements under the limit of concurrent statements"),
            entry("ft.bulkhead.waitingDuration", "How long statements waited under the limit of concurrent statements"),
            entry("ft.timer.scheduled", "Tasks that the timer of fault tolerance has scheduled"),
            entry("http.server.active.requests", "Requests in flight"),
            entry("http.server.errors", "Connections that failed"),
            entry("netty.allocator.memory.used", "Memory reserved for network buffers"),
            entry("netty.allocator.memory.pinned", "Memory of network buffers in use"),
            entry("netty.allocator.pooled.arenas", "Arenas of the pool of network buffers"),
            entry("netty.allocator.pooled.cache.size", "Size of the caches of network buffers"),
            entry("netty.allocator.pooled.chunk.size", "Size of a chunk of network buffers"),
            entry("netty.allocator.pooled.threadlocal.caches", "Caches of network buffers, one for each thread"),
            entry("netty.eventexecutor.tasks.pending", "Tasks that wait for an event loop"));

    private Descriptions() {}

    /** Describes a metric that has no description of its own. */
    @Produces
    @Singleton
    static MeterFilter descriptions() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                String description = BY_NAME.get(id.getName());
                return id.getDescription() == null && description != null
                        ? new Meter.Id(id.getName(), Tags.of(id.getTags()), id.getBaseUnit(), description, id.getType())
                        : id;
            }
        };
    }
}
