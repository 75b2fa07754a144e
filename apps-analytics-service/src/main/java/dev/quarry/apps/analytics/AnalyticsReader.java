package dev.quarry.apps.analytics;

import dev.quarry.apps.Apps;
import dev.quarry.apps.analytics.AppAnalytics.RecentError;
import dev.quarry.caller.Caller;
import dev.quarry.error.FailureException;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/** Reads an overview: asks both stores at the same time. */
@ApplicationScoped
class AnalyticsReader {
    private final Apps apps;
    private final CountsQuery counts;
    private final Vitals vitals;
    private final PageVitalsQuery pageVitals;
    private final NewestErrorsQuery newestErrors;
    private final ExecutorService executor;

    AnalyticsReader(
            Apps apps,
            CountsQuery counts,
            Vitals vitals,
            PageVitalsQuery pageVitals,
            NewestErrorsQuery newestErrors,
            @VirtualThreads ExecutorService executor) {
        this.apps = apps;
        this.counts = counts;
        this.vitals = vitals;
        this.pageVitals = pageVitals;
        this.newestErrors = newestErrors;
        this.executor = executor;
    }

    /**
     * What to read.
     *
     * @param overview the part of the window whose events are kept; empty if there is none
     * @param earlier the same of the window to compare with; empty if there is none
     * @param mostVitals maximum number of web vitals, those with the most samples
     * @param mostPages maximum number of pages, those with the most samples; empty without pages
     */
    record Wanted(
            Optional<OverviewWindow> overview,
            Optional<OverviewWindow> earlier,
            int mostVitals,
            Optional<Integer> mostPages) {}

    /**
     * The numbers of a window.
     *
     * @param counts in any order
     * @param newest the newest errors, newest first
     * @param pages empty if they are not wanted
     * @param earlier counts of the window to compare with, in any order
     */
    record Findings(
            List<Count> counts,
            VitalSummaries vitals,
            List<RecentError> newest,
            Optional<PageVitals> pages,
            List<Count> earlier) {}

    /**
     * Reads an app's window.
     *
     * @throws FailureException also if the caller has no such app
     */
    Findings read(Caller caller, String app, Wanted wanted) {
        var admitting = CompletableFuture.runAsync(() -> apps.requireOwn(caller, app), executor);
        var counting = reading(wanted.overview(), List.<Count>of(), overview -> counts.fetch(caller, app, overview));
        var summarising = reading(
                wanted.overview(),
                VitalSummaries.NONE,
                overview -> vitals.summaries(caller, app, overview.window(), wanted.mostVitals()));
        var listing = reading(
                wanted.overview(),
                List.<RecentError>of(),
                overview -> newestErrors.fetch(caller, app, overview.window()));
        var grouping = readingPages(caller, app, wanted);
        var comparing = reading(wanted.earlier(), List.<Count>of(), earlier -> counts.fetch(caller, app, earlier));
        await(admitting, counting, summarising, listing, grouping, comparing);
        return new Findings(counting.join(), summarising.join(), listing.join(), grouping.join(), comparing.join());
    }

    private CompletableFuture<Optional<PageVitals>> readingPages(Caller caller, String app, Wanted wanted) {
        return wanted.mostPages()
                .map(most -> reading(
                                wanted.overview(),
                                new PageVitals(List.of(), Optional.empty()),
                                overview -> pageVitals.fetch(caller, app, overview.window(), most, wanted.mostVitals()))
                        .thenApply(Optional::of))
                .orElseGet(() -> CompletableFuture.completedFuture(Optional.empty()));
    }

    /** Starts to read a window, if there is any. */
    private <T> CompletableFuture<T> reading(
            Optional<OverviewWindow> window, T none, Function<OverviewWindow, T> reader) {
        return window.map(present -> CompletableFuture.supplyAsync(() -> reader.apply(present), executor))
                .orElseGet(() -> CompletableFuture.completedFuture(none));
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
