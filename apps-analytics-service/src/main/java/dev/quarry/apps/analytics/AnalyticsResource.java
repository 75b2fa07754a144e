package dev.quarry.apps.analytics;

import dev.quarry.apps.Timestamps;
import dev.quarry.apps.analytics.AnalyticsReader.Findings;
import dev.quarry.apps.analytics.AnalyticsReader.Wanted;
import dev.quarry.apps.analytics.AppAnalytics.ErrorBucket;
import dev.quarry.apps.analytics.AppAnalytics.Vital;
import dev.quarry.arrow.ArrowStream;
import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.groups.Groups;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.rollup.WithDataAsOf;
import dev.quarry.tabular.Csv;
import dev.quarry.time.WholeDays;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponseSchema;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code GET /v1/apps/{app_id}/analytics}: an overview of an app. */
@APIResponse(responseCode = "400", description = "Bad Request")
@APIResponse(responseCode = "401", description = "Unauthorized")
@APIResponse(responseCode = "403", description = "Forbidden")
@APIResponse(responseCode = "404", description = "Not Found")
@APIResponse(responseCode = "422", description = "Validation Error")
@APIResponse(responseCode = "500", description = "Internal Server Error")
@WithDataAsOf
@WithDataSince
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@Path("/v1/apps/{app_id}/analytics")
public class AnalyticsResource {
    private final SecurityIdentity identity;
    private final Parameters<AnalyticsParameters> parameters;
    private final AnalyticsReader reader;
    private final DataSince since;
    private final AnswerCache cache;

    AnalyticsResource(
            SecurityIdentity identity,
            Parameters<AnalyticsParameters> parameters,
            AnalyticsReader reader,
            DataSince since,
            AnswerCache cache) {
        this.identity = identity;
        this.parameters = parameters;
        this.reader = reader;
        this.since = since;
        this.cache = cache;
    }

    @Operation(
            operationId = "get_app_analytics_v1_apps__app_id__analytics_get",
            summary = "Get app analytics overview",
            description = """
                    Per-app analytics dashboard data: error trend, Web Vitals, recent errors, event counts.

                    Queries ClickHouse canvas_errors, canvas_vitals, and canvas_app_events tables.""")
    @APIResponseSchema(value = AppAnalytics.class, responseDescription = "Successful Response")
    @Example("""
            {"app_id": "web", "period_hours": 1, "total_errors": 3, "error_rate_per_minute": 0.05,
             "errors_over_time": [{"timestamp": "2026-02-20T12:00:00Z", "count": 2},
                                  {"timestamp": "2026-02-20T12:05:00Z", "count": 1}],
             "vitals": [{"metric_name": "LCP", "p50": 2700.5, "p75": 3600.5, "p95": 3600.5, "sample_count": 3,
                         "rating": "needs-improvement"}],
             "recent_errors": [{"timestamp": "2026-02-20T12:04:58.250Z", "error_type": "TypeError",
                                "error_message": "x is undefined", "url": "/cart"}],
             "total_events": 70, "total_pageviews": 55}
            """)
    @GET
    @PermissionsAllowed(Permissions.APPS_READ)
    @RunOnVirtualThread
    public RestResponse<AppAnalytics> analytics() {
        Caller caller = Caller.of(identity);
        AnalyticsParameters asked = parameters.read();

        OverviewWindow overview = asked.overview();
        WholeDays known = since.overviews();
        since.tell(known);
        Optional<OverviewWindow> earlier =
                asked.comparison().earlier(overview.window()).map(overview::in);
        Findings findings = reader.read(
                caller,
                asked.path().app(),
                new Wanted(
                        overview.within(known),
                        earlier.flatMap(window -> window.within(known)),
                        asked.limit().groups(),
                        asked.breakdown().mostPages()));

        List<ErrorBucket> errorsOverTime = errorsOverTime(overview, findings.counts());
        long errors = findings.counts().stream().mapToLong(Count::errors).sum();
        AppAnalytics analytics = new AppAnalytics(
                asked.path().app(),
                overview.hours(),
                errors,
                errors / overview.minutes(),
                errorsOverTime,
                vitals(findings.vitals(), asked.ratings()),
                findings.newest(),
                findings.counts().stream().mapToLong(Count::events).sum(),
                findings.counts().stream().mapToLong(Count::pageviews).sum(),
                asked.bounds().areAbsolute()
                        ? Timestamps.ofEvent(overview.window().start())
                        : null,
                asked.bounds().areAbsolute()
                        ? Timestamps.ofEvent(overview.window().end())
                        : null,
                findings.pages().map(pages -> byUrl(pages, asked.ratings())).orElse(null),
                earlier.map(window ->
                                AppComparison.of(errorsOverTime, findings.counts(), window, findings.earlier(), known))
                        .orElse(null),
                asked.table());
        long omitted = findings.vitals().omitted()
                + findings.pages().map(PageVitals::omitted).orElse(0L);
        // Not cached: the window may end now, and no revision tells when the newest errors change.
        return cache.uncached(Groups.answer(analytics, omitted));
    }

    private static List<ErrorBucket> errorsOverTime(OverviewWindow overview, List<Count> counts) {
        return overview.errorsByBucket(counts).entrySet().stream()
                .map(bucket -> new ErrorBucket(Timestamps.ofBucket(bucket.getKey()), bucket.getValue()))
                .toList();
    }

    private static VitalsByUrl byUrl(PageVitals pages, boolean rated) {
        return new VitalsByUrl(
                pages.largest().stream()
                        .map(page -> new VitalsByUrl.Group(page.url(), page.samples(), vitals(page.vitals(), rated)))
                        .toList(),
                pages.rest()
                        .map(rest -> new VitalsByUrl.Rest(rest.pages(), rest.samples(), vitals(rest.vitals(), rated)))
                        .orElse(null));
    }

    private static List<Vital> vitals(VitalSummaries vitals, boolean rated) {
        return vitals.summaries().stream().map(summary -> vital(summary, rated)).toList();
    }

    private static Vital vital(VitalSummary summary, boolean rated) {
        return new Vital(
                summary.metric(),
                summary.p50(),
                summary.p75(),
                summary.p95(),
                summary.samples(),
                rated ? VitalRating.of(summary.metric(), summary.p75()).orElse(null) : null);
    }
}
