package dev.quarry.apps.analytics;

import dev.quarry.apps.Apps;
import dev.quarry.apps.analytics.AnalyticsQuery.Counts;
import dev.quarry.apps.analytics.AppAnalytics.RecentError;
import dev.quarry.apps.analytics.RollupsQuery.Rollups;
import dev.quarry.auth.Caller;
import dev.quarry.error.FailureException;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.eclipse.microprofile.context.ManagedExecutor;

/**
 * Reads an overview: hours from gold as far as they are refined and lie inside the window, and all others from bronze. What
 * can be asked at the same time is.
 */
@ApplicationScoped
class AnalyticsReader {
    private static final int NEWEST_ERRORS = 20;

    private final Apps apps;
    private final AnalyticsQuery query;
    private final RollupsQuery rollupsQuery;
    private final Vitals vitals;
    private final ManagedExecutor executor;

    AnalyticsReader(
            Apps apps, AnalyticsQuery query, RollupsQuery rollupsQuery, Vitals vitals, ManagedExecutor executor) {
        this.apps = apps;
        this.query = query;
        this.rollupsQuery = rollupsQuery;
        this.vitals = vitals;
        this.executor = executor;
    }

    /**
     * What is known of a window.
     *
     * @param slices in any order
     * @param vitals by name; metrics without samples are absent
     * @param newest the newest errors, newest first
     */
    record Findings(List<Slice> slices, List<VitalSummary> vitals, List<RecentError> newest) {}

    /**
     * Reads an app's window.
     *
     * @throws FailureException also if the caller has no such app
     */
    Findings read(Caller caller, String app, OverviewWindow overview) {
        var admitting = executor.runAsync(() -> apps.requireOwn(caller, app));
        var looking = executor.supplyAsync(() -> bronzeHours(caller, overview));
        await(admitting, looking);
        List<Instant> bronzeHours = looking.join();
        return overview.isMostly(bronzeHours)
                ? bronze(caller, app, overview)
                : gold(caller, app, overview, bronzeHours);
    }

    /** Before gold is read, so that gold has what is not marked. */
    private List<Instant> bronzeHours(Caller caller, OverviewWindow overview) {
        List<Instant> always = overview.bronzeHours();
        return overview.isMostly(always)
                ? always
                : Stream.concat(always.stream(), query.unrefinedHours(caller, overview.window()).stream())
                        .distinct()
                        .toList();
    }

    private Findings bronze(Caller caller, String app, OverviewWindow overview) {
        Window window = overview.window();
        var counting =
                executor.supplyAsync(() -> query.counts(caller, app, window, overview.touchedHours(), NEWEST_ERRORS));
        var summarising = executor.supplyAsync(() -> vitals.summaries(caller, app, overview));
        await(counting, summarising);
        Counts counts = counting.join();
        return new Findings(counts.slices(), summarising.join(), counts.newest());
    }

    private Findings gold(Caller caller, String app, OverviewWindow overview, List<Instant> bronzeHours) {
        Window window = overview.window();
        var counting = executor.supplyAsync(() -> query.counts(caller, app, window, bronzeHours, NEWEST_ERRORS));
        var reading = executor.supplyAsync(() -> rollupsQuery.read(caller, app, overview, bronzeHours));
        var summarising = reading.thenApply(rollups -> vitals.summaries(caller, app, overview, rollups));
        await(counting, summarising);
        Counts counts = counting.join();
        Rollups rollups = reading.join();
        return new Findings(
                Stream.concat(rollups.slices().stream(), counts.slices().stream())
                        .toList(),
                summarising.join(),
                counts.newest());
    }

    /** Waits for both, so that nothing works on for a request that has failed. */
    private static void await(CompletableFuture<?> first, CompletableFuture<?> second) {
        try {
            CompletableFuture.allOf(first, second).join();
        } catch (CompletionException failed) {
            throw failed.getCause() instanceof FailureException cause ? cause : failed;
        }
    }
}
