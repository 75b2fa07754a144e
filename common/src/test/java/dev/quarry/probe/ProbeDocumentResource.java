package dev.quarry.probe;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.annotation.security.PermitAll;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;

/** Answers that fit their document, and answers that do not. */
@Path("/v1/probe/document/{answer}")
@RunOnVirtualThread
class ProbeDocumentResource {
    @RegisterForReflection
    record Documented(@Schema(required = true) int number) {}

    @RegisterForReflection
    record Longer(int number, int more) {}

    @GET
    @PermitAll
    @Produces(MediaType.APPLICATION_JSON)
    @APIResponse(
            responseCode = "200",
            description = "A number",
            content =
                    @Content(
                            mediaType = MediaType.APPLICATION_JSON,
                            schema = @Schema(implementation = Documented.class)))
    public Response answer(@PathParam("answer") String answer) {
        return switch (answer) {
            case "body" -> Response.ok(new Longer(1, 2)).build();
            case "status" -> Response.accepted(new Documented(1)).build();
            case "type" -> Response.ok("1", MediaType.TEXT_PLAIN).build();
            default -> Response.ok(new Documented(1)).build();
        };
    }
}
