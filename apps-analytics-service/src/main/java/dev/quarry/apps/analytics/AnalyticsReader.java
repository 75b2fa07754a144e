package dev.quarry.apps.analytics;

import dev.quarry.apps.Apps;
import dev.quarry.apps.analytics.AppAnalytics.RecentError;
import dev.quarry.caller.Caller;
import dev.quarry.error.FailureException;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;

/** Reads an overview: asks both stores at the same time. */
@ApplicationScoped
class AnalyticsReader {
    private final Apps apps;
    private final CountsQuery counts;
    private final Vitals vitals;
    private final NewestErrorsQuery newestErrors;
    private final ExecutorService executor;

    AnalyticsReader(
            Apps apps,
            CountsQuery counts,
            Vitals vitals,
            NewestErrorsQuery newestErrors,
            @VirtualThreads ExecutorService executor) {
        this.apps = apps;
        this.counts = counts;
        this.vitals = vitals;
        this.newestErrors = newestErrors;
        this.executor = executor;
    }

    /**
     * The numbers of a window.
     *
     * @param counts in any order
     * @param newest the newest errors, newest first
     */
    record Findings(List<Count> counts, VitalSummaries vitals, List<RecentError> newest) {}

    /**
     * Reads an app's window.
     *
     * @param mostVitals maximum number of web vitals, those with the most samples
     * @throws FailureException also if the caller has no such app
     */
    Findings read(Caller caller, String app, OverviewWindow overview, int mostVitals) {
        var admitting = CompletableFuture.runAsync(() -> apps.requireOwn(caller, app), executor);
        var counting = CompletableFuture.supplyAsync(() -> counts.fetch(caller, app, overview), executor);
        var summarising = CompletableFuture.supplyAsync(
                () -> vitals.summaries(caller, app, overview.window(), mostVitals), executor);
        var listing = CompletableFuture.supplyAsync(() -> newestErrors.fetch(caller, app, overview.window()), executor);
        await(admitting, counting, summarising, listing);
        return new Findings(counting.join(), summarising.join(), listing.join());
    }

    /** Waits for all queries, so that none continues for a request that has failed. */
    private static void await(CompletableFuture<?>... all) {
        try {
            CompletableFuture.allOf(all).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof FailureException cause ? cause : failed;
        }
    }
}
