package dev.quarry.apps.analytics;

import dev.quarry.apps.Timestamps;
import dev.quarry.apps.analytics.AnalyticsReader.Findings;
import dev.quarry.apps.analytics.AppAnalytics.ErrorBucket;
import dev.quarry.apps.analytics.AppAnalytics.Vital;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.groups.Groups;
import dev.quarry.http.Parameters;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Zones;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code GET /v1/apps/{app_id}/analytics}: an overview of an app. */
@Tag(name = "Apps")
@APIResponse(responseCode = "400", ref = "BadRequest")
@APIResponse(responseCode = "401", ref = "Unauthorized")
@APIResponse(responseCode = "403", ref = "Forbidden")
@APIResponse(responseCode = "404", ref = "NotFound")
@APIResponse(responseCode = "422", ref = "Invalid")
@APIResponse(responseCode = "500", ref = "Failed")
@WithDataSince
@Path("/v1/apps/{app_id}/analytics")
public class AnalyticsResource {
    private static final int LONGEST_HOURS = 720;

    private final SecurityIdentity identity;
    private final AnalyticsReader reader;
    private final Clock clock;
    private final DataSince since;

    AnalyticsResource(SecurityIdentity identity, AnalyticsReader reader, Clock clock, DataSince since) {
        this.identity = identity;
        this.reader = reader;
        this.clock = clock;
        this.since = since;
    }

    @Operation(
            operationId = "get_app_analytics_v1_apps__app_id__analytics_get",
            summary = "Get app analytics overview",
            description = """
                    Per-app analytics dashboard data: error trend, Web Vitals, recent errors, event counts.

                    Queries ClickHouse canvas_errors, canvas_vitals, and canvas_app_events tables.""")
    @Parameter(ref = "app_id")
    @Parameter(
            name = "hours",
            in = ParameterIn.QUERY,
            description = "Lookback window in hours",
            schema =
                    @Schema(
                            type = SchemaType.INTEGER,
                            minimum = "1",
                            maximum = "720",
                            defaultValue = "24",
                            title = "Hours",
                            description = "Lookback window in hours"))
    @Parameter(
            name = "tz",
            in = ParameterIn.QUERY,
            description = "Extension: IANA zone that days and hours of errors_over_time begin in",
            schema = @Schema(type = SchemaType.STRING, defaultValue = "UTC"))
    @Parameter(
            name = "ratings",
            in = ParameterIn.QUERY,
            description = "Extension: rate each vital by the public thresholds at its 75th percentile",
            schema = @Schema(type = SchemaType.BOOLEAN, defaultValue = "false"))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "Extension: maximum number of vitals, those with the most samples first",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000", defaultValue = "1000"))
    @APIResponse(
            responseCode = "200",
            description = "Successful Response",
            headers =
                    @Header(
                            name = Groups.OMITTED,
                            description = Groups.OMITTED_DESCRIPTION,
                            schema = @Schema(type = SchemaType.INTEGER, minimum = "1")),
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = AppAnalytics.class)))
    @GET
    @PermissionsAllowed(Permissions.APPS_READ)
    @RunOnVirtualThread
    public RestResponse<AppAnalytics> analytics(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(uri.getPathParameters(), uri.getQueryParameters());
        var app = parameters.path("app_id").text().required();
        var hours = parameters.query("hours").integer(1, LONGEST_HOURS).orElse(24);
        var zone = parameters.query("tz").zone().orElse(Zones.UTC);
        var ratings = parameters.query("ratings").flag().orElse(false);
        var limit = Groups.limit(parameters);
        parameters.check();

        var overview = OverviewWindow.last(hours.value(), zone.value(), clock);
        WholeDays known = since.overviews();
        since.tell(known);
        Findings findings = reader.read(caller, app.value(), overview.within(known), limit.value());

        long errors = findings.slices().stream().mapToLong(Slice::errors).sum();
        AppAnalytics analytics = new AppAnalytics(
                app.value(),
                hours.value(),
                errors,
                errors / (hours.value() * 60.0),
                errorsOverTime(overview, findings.slices()),
                findings.vitals().summaries().stream()
                        .map(summary -> vital(summary, ratings.value()))
                        .toList(),
                findings.newest(),
                findings.slices().stream().mapToLong(Slice::events).sum(),
                findings.slices().stream().mapToLong(Slice::pageviews).sum());
        return Groups.answer(analytics, findings.vitals().omitted());
    }

    private static List<ErrorBucket> errorsOverTime(OverviewWindow overview, List<Slice> slices) {
        NavigableMap<Instant, Long> buckets = new TreeMap<>();
        overview.spine().buckets().forEach(start -> buckets.put(start, 0L));
        for (Slice slice : slices) {
            buckets.merge(buckets.floorKey(slice.time()), slice.errors(), Long::sum);
        }
        return buckets.entrySet().stream()
                .map(bucket -> new ErrorBucket(Timestamps.ofBucket(bucket.getKey()), bucket.getValue()))
                .toList();
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
