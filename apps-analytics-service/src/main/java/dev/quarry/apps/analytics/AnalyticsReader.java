package dev.quarry.apps.analytics;

import dev.quarry.apps.Apps;
import dev.quarry.apps.analytics.AnalyticsQuery.Counts;
import dev.quarry.apps.analytics.AppAnalytics.RecentError;
import dev.quarry.caller.Caller;
import dev.quarry.error.FailureException;
import dev.quarry.time.Window;
import io.quarkus.virtual.threads.VirtualThreads;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;

/**
 * Reads an overview. Hours that lie inside the window and are up to date in gold are read from gold, all others from
 * bronze. Independent queries run at the same time.
 */
@ApplicationScoped
class AnalyticsReader {
    private final Apps apps;
    private final UnrefinedHours unrefinedHours;
    private final AnalyticsQuery query;
    private final RollupsQuery rollupsQuery;
    private final Vitals vitals;
    private final ExecutorService executor;

    AnalyticsReader(
            Apps apps,
            UnrefinedHours unrefinedHours,
            AnalyticsQuery query,
            RollupsQuery rollupsQuery,
            Vitals vitals,
            @VirtualThreads ExecutorService executor) {
        this.apps = apps;
        this.unrefinedHours = unrefinedHours;
        this.query = query;
        this.rollupsQuery = rollupsQuery;
        this.vitals = vitals;
        this.executor = executor;
    }

    /**
     * The numbers of a window.
     *
     * @param slices in any order
     * @param newest the newest errors, newest first
     */
    record Findings(List<Slice> slices, VitalSummaries vitals, List<RecentError> newest) {}

    /**
     * Reads an app's window.
     *
     * @param mostVitals maximum number of web vitals, those with the most samples
     * @throws FailureException also if the caller has no such app
     */
    Findings read(Caller caller, String app, OverviewWindow overview, int mostVitals) {
        var admitting = CompletableFuture.runAsync(() -> apps.requireOwn(caller, app), executor);
        if (overview.isMostly(overview.bronzeHours())) {
            return bronze(caller, app, overview, mostVitals, admitting);
        }
        List<Instant> likely = overview.bronzeHoursWith(unrefinedHours.remembered(caller));
        if (overview.isMostly(likely)) {
            return readCertainly(caller, app, overview, mostVitals, admitting);
        }
        return gold(caller, app, overview, mostVitals, likely, false, admitting)
                .orElseGet(() -> readCertainly(caller, app, overview, mostVitals, admitting));
    }

    /** First asks which hours gold may lack. */
    private Findings readCertainly(
            Caller caller, String app, OverviewWindow overview, int mostVitals, CompletableFuture<Void> admitting) {
        List<Instant> hours = overview.bronzeHoursWith(unrefinedHours.read(caller, overview.window()));
        return overview.isMostly(hours)
                ? bronze(caller, app, overview, mostVitals, admitting)
                : gold(caller, app, overview, mostVitals, hours, true, admitting)
                        .orElseThrow();
    }

    private Findings bronze(
            Caller caller, String app, OverviewWindow overview, int mostVitals, CompletableFuture<Void> admitting) {
        Window window = overview.window();
        var counting = CompletableFuture.supplyAsync(
                () -> query.counts(caller, app, window, overview.touchedHours()), executor);
        var summarising =
                CompletableFuture.supplyAsync(() -> vitals.summaries(caller, app, overview, mostVitals), executor);
        await(admitting, counting, summarising);
        Counts counts = counting.join();
        return new Findings(counts.slices(), summarising.join(), counts.newest());
    }

    /**
     * Reads all hours from gold except some.
     *
     * @param certain whether gold is known to have all other hours
     * @return empty if gold turns out to lack some of them
     */
    private Optional<Findings> gold(
            Caller caller,
            String app,
            OverviewWindow overview,
            int mostVitals,
            List<Instant> bronzeHours,
            boolean certain,
            CompletableFuture<Void> admitting) {
        Window window = overview.window();
        Instant settledBy = unrefinedHours.settledBy();
        var counting = CompletableFuture.supplyAsync(
                () -> query.countsAndUnrefined(caller, app, window, bronzeHours, settledBy), executor);
        var reading = CompletableFuture.supplyAsync(
                () -> rollupsQuery.read(caller, app, overview, bronzeHours, mostVitals), executor);
        var summarising = reading.thenApplyAsync(
                rollups -> vitals.summaries(caller, app, overview, mostVitals, rollups), executor);
        await(admitting, counting, summarising);
        Counts counts = counting.join();
        unrefinedHours.remember(caller, window, counts.unrefined());
        if (!certain && !bronzeHours.containsAll(counts.unrefined())) {
            return Optional.empty();
        }
        return Optional.of(new Findings(
                Stream.concat(reading.join().slices().stream(), counts.slices().stream())
                        .toList(),
                summarising.join(),
                counts.newest()));
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
