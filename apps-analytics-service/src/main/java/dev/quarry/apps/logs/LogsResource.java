package dev.quarry.apps.logs;

import dev.quarry.apps.Apps;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.http.Parameters;
import dev.quarry.largeanswers.LargeAnswers;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import dev.quarry.time.Zones;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code GET /v1/apps/{app_id}/logs}: an app's logs, newest first. */
@Tag(name = "Apps")
@APIResponse(responseCode = "400", ref = "BadRequest")
@APIResponse(responseCode = "401", ref = "Unauthorized")
@APIResponse(responseCode = "403", ref = "Forbidden")
@APIResponse(responseCode = "404", ref = "NotFound")
@APIResponse(responseCode = "422", ref = "Invalid")
@APIResponse(responseCode = "500", ref = "Failed")
@WithDataSince
@Path("/v1/apps/{app_id}/logs")
public class LogsResource {
    private static final int LONGEST_HOURS = 168;
    private static final int MOST_ENTRIES = 1_000;
    /** A page of more entries is a large answer: an entry may have 8 KB. */
    private static final int MOST_AT_ANY_TIME = 100;

    private static final int LONGEST_TEXT = 200;

    private final SecurityIdentity identity;
    private final Apps apps;
    private final LogReader reader;
    private final LargeAnswers largeAnswers;
    private final Clock clock;
    private final DataSince since;

    LogsResource(
            SecurityIdentity identity,
            Apps apps,
            LogReader reader,
            LargeAnswers largeAnswers,
            Clock clock,
            DataSince since) {
        this.identity = identity;
        this.apps = apps;
        this.reader = reader;
        this.largeAnswers = largeAnswers;
        this.clock = clock;
        this.since = since;
    }

    @Operation(
            operationId = "get_app_logs_v1_apps__app_id__logs_get",
            summary = "Get runtime or request logs",
            description = "Query ClickHouse canvas_app_logs or canvas_request_logs.")
    @Parameter(ref = "app_id")
    @Parameter(ref = "log_type")
    @Parameter(
            name = "hours",
            in = ParameterIn.QUERY,
            description = "Lookback window in hours",
            schema =
                    @Schema(
                            type = SchemaType.INTEGER,
                            minimum = "1",
                            maximum = "168",
                            defaultValue = "1",
                            title = "Hours",
                            description = "Lookback window in hours"))
    @Parameter(ref = "level")
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "Max entries",
            schema =
                    @Schema(
                            type = SchemaType.INTEGER,
                            minimum = "1",
                            maximum = "1000",
                            defaultValue = "100",
                            title = "Limit",
                            description = "Max entries"))
    @Parameter(
            name = "before",
            in = ParameterIn.QUERY,
            description = "Extension: goes on where an answer ended; take it from the rel=next of its Link header",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(ref = "q")
    @APIResponse(
            responseCode = "200",
            description = "Successful Response",
            content =
                    @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = LogsPage.class)))
    @GET
    @PermissionsAllowed(Permissions.APPS_READ)
    @RunOnVirtualThread
    public RestResponse<LogsPage> logs(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(uri.getPathParameters(), uri.getQueryParameters());
        var app = parameters.path("app_id").text().required();
        var type = parameters
                .query("log_type")
                .oneOf(List.of(LogType.values()), LogType::wireName)
                .orElse(LogType.RUNTIME);
        var hours = parameters.query("hours").integer(1, LONGEST_HOURS).orElse(1);
        var level = parameters.query("level").text().orElse("");
        var limit = parameters.query("limit").integer(1, MOST_ENTRIES).orElse(100);
        var before = parameters
                .query("before")
                .matching(LogCursor.PATTERN)
                .map(LogCursor::parse)
                .optional();
        var text = parameters.query("q").text(0, LONGEST_TEXT).orElse("");
        parameters.check();

        apps.requireOwn(caller, app.value());
        LogFilter filter = new LogFilter(app.value(), type.value(), level.value(), text.value());
        WholeDays known = since.logs();
        since.tell(known);
        LogCursor from = before.value().orElseGet(() -> newest(hours.value())).within(known);
        if (limit.value() > MOST_AT_ANY_TIME) {
            largeAnswers.await();
        }
        LogReader.Page page = reader.read(caller, filter, from, limit.value());

        var response = RestResponse.ResponseBuilder.ok(
                new LogsPage(app.value(), type.value().wireName(), page.entries()));
        page.next().ifPresent(next -> response.header(HttpHeaders.LINK, link(uri, next)));
        return response.build();
    }

    private LogCursor newest(int hours) {
        Window window = Window.last(Duration.ofHours(hours), Zones.UTC, clock);
        return new LogCursor(LogPosition.startOf(window.end()), window.start());
    }

    /** A link of RFC 8288 to the next page. It is relative, because a gateway may be in between. */
    private static String link(UriInfo uri, LogCursor next) {
        var target =
                uri.getRequestUriBuilder().replaceQueryParam("before", next).build();
        return "<?%s>; rel=\"next\"".formatted(target.getRawQuery());
    }
}
