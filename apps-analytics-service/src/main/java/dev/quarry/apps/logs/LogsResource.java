package dev.quarry.apps.logs;

import dev.quarry.apps.Apps;
import dev.quarry.auth.Caller;
import dev.quarry.auth.Permissions;
import dev.quarry.http.Parameter;
import dev.quarry.http.Parameters;
import dev.quarry.time.Window;
import dev.quarry.time.Zones;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.UriInfo;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code GET /v1/apps/{app_id}/logs}: an app's logs, newest first. */
@Path("/v1/apps/{app_id}/logs")
public class LogsResource {
    private static final int LONGEST_HOURS = 168;
    private static final int MOST_ENTRIES = 1_000;
    private static final int LONGEST_TEXT = 200;

    private final SecurityIdentity identity;
    private final Apps apps;
    private final LogReader reader;
    private final Clock clock;

    LogsResource(SecurityIdentity identity, Apps apps, LogReader reader, Clock clock) {
        this.identity = identity;
        this.apps = apps;
        this.reader = reader;
        this.clock = clock;
    }

    @GET
    @PermissionsAllowed(Permissions.APPS_READ)
    @RunOnVirtualThread
    public RestResponse<LogsPage> logs(@Context UriInfo uri) {
        Caller caller = Caller.of(identity);
        Parameters parameters = Parameters.of(uri.getPathParameters(), uri.getQueryParameters());
        Parameter<String> app = parameters.path("app_id").text().required();
        Parameter<LogType> type = parameters
                .query("log_type")
                .oneOf(List.of(LogType.values()), LogType::wireName)
                .orElse(LogType.RUNTIME);
        Parameter<Integer> hours =
                parameters.query("hours").integer(1, LONGEST_HOURS).orElse(1);
        Parameter<String> level = parameters.query("level").text().orElse("");
        Parameter<Integer> limit =
                parameters.query("limit").integer(1, MOST_ENTRIES).orElse(100);
        Parameter<Optional<LogCursor>> before = parameters
                .query("before")
                .matching(LogCursor.PATTERN)
                .map(LogCursor::parse)
                .optional();
        Parameter<String> text = parameters.query("q").text(0, LONGEST_TEXT).orElse("");
        parameters.check();

        apps.requireOwn(caller, app.value());
        LogFilter filter = new LogFilter(app.value(), type.value(), level.value(), text.value());
        LogCursor from = before.value().orElseGet(() -> newest(hours.value()));
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

    /** RFC 8288: the same question, asked from where this answer ends. The reference is relative, as a gateway may be between. */
    private static String link(UriInfo uri, LogCursor next) {
        var target =
                uri.getRequestUriBuilder().replaceQueryParam("before", next).build();
        return "<?%s>; rel=\"next\"".formatted(target.getRawQuery());
    }
}
