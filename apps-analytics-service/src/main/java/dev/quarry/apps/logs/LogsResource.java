package dev.quarry.apps.logs;

import dev.quarry.apps.Apps;
import dev.quarry.arrow.ArrowStream;
import dev.quarry.caller.Caller;
import dev.quarry.caller.Permissions;
import dev.quarry.documents.Example;
import dev.quarry.largeanswers.LargeAnswers;
import dev.quarry.parameters.Parameters;
import dev.quarry.retention.DataSince;
import dev.quarry.retention.WithDataSince;
import dev.quarry.tabular.Csv;
import dev.quarry.time.WholeDays;
import io.quarkus.security.PermissionsAllowed;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.vertx.core.http.HttpServerRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.headers.Header;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.jboss.resteasy.reactive.RestResponse;

/** {@code GET /v1/apps/{app_id}/logs}: an app's logs, newest first. */
@APIResponse(responseCode = "400", description = "Bad Request")
@APIResponse(responseCode = "401", description = "Unauthorized")
@APIResponse(responseCode = "403", description = "Forbidden")
@APIResponse(responseCode = "404", description = "Not Found")
@APIResponse(responseCode = "422", description = "Validation Error")
@APIResponse(responseCode = "500", description = "Internal Server Error")
@WithDataSince
@Produces({MediaType.APPLICATION_JSON, Csv.MEDIA_TYPE, ArrowStream.MEDIA_TYPE})
@Path("/v1/apps/{app_id}/logs")
public class LogsResource {
    /** A page of more entries is a large answer: an entry may have 8 KB. */
    private static final int MOST_AT_ANY_TIME = 100;

    /** What a large page costs, compared with a light read. */
    private static final int LARGE_PAGE = 2;

    private final SecurityIdentity identity;
    private final Parameters<LogsParameters> parameters;
    private final Apps apps;
    private final LogReader reader;
    private final LargeAnswers largeAnswers;
    private final DataSince since;

    LogsResource(
            SecurityIdentity identity,
            Parameters<LogsParameters> parameters,
            Apps apps,
            LogReader reader,
            LargeAnswers largeAnswers,
            DataSince since) {
        this.identity = identity;
        this.parameters = parameters;
        this.apps = apps;
        this.reader = reader;
        this.largeAnswers = largeAnswers;
        this.since = since;
    }

    @Operation(
            operationId = "get_app_logs_v1_apps__app_id__logs_get",
            summary = "Get runtime or request logs",
            description = "Query ClickHouse canvas_app_logs or canvas_request_logs.")
    @APIResponse(
            responseCode = "200",
            description = "Successful Response",
            headers =
                    @Header(
                            name = HttpHeaders.LINK,
                            description =
                                    "The query of the next page, as `<?...>; rel=\"next\"`. Present if more entries may follow",
                            schema = @Schema(type = SchemaType.STRING)),
            content =
                    @Content(mediaType = MediaType.APPLICATION_JSON, schema = @Schema(implementation = LogsPage.class)))
    @Example("""
            {"app_id": "kafka", "log_type": "runtime",
             "entries": [{"timestamp": "2026-02-20T12:59:59.000Z", "level": "error", "message": "payment declined",
                          "route_path": "/checkout", "request_id": "req_0"}]}
            """)
    @GET
    @PermissionsAllowed(Permissions.APPS_READ)
    @RunOnVirtualThread
    public RestResponse<LogsPage> logs(@Context HttpServerRequest request) {
        Caller caller = Caller.of(identity);
        LogsParameters asked = parameters.read();

        apps.requireOwn(caller, asked.path().app());
        WholeDays known = since.logs();
        since.tell(known);
        if (asked.limit() > MOST_AT_ANY_TIME) {
            largeAnswers.await(LARGE_PAGE);
        }
        LogReader.Page page = reader.read(caller, asked.filter(), asked.cursor().within(known), asked.limit());

        var response = RestResponse.ResponseBuilder.ok(
                new LogsPage(asked.path().app(), asked.type().wireName(), page.entries()));
        page.next().ifPresent(next -> response.header(HttpHeaders.LINK, NextPage.link(request.query(), next)));
        return response.build();
    }
}
