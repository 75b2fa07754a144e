package dev.quarry.organizations;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;

/** Adds to every operation of the OpenAPI document the failures that the published document lists for it. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class DocumentedFailures implements OASFilter {
    /** In the order of the document. */
    private static final List<Documented> FAILURES = List.of(
            new Documented("401", "No bearer token, or an invalid one"),
            new Documented("403", "The token lacks the permission that details name"),
            new Documented("404", "There is no such resource for this caller"),
            new Documented("422", "All invalid parameters"),
            new Documented("500", "Our fault"));

    private record Documented(String status, String description) {}

    @Override
    public Operation filterOperation(Operation operation) {
        FAILURES.forEach(failure -> {
            String schema = failure.status().equals("422") ? "HTTPValidationError" : "ErrorResponse";
            var body = OASFactory.createMediaType()
                    .schema(OASFactory.createSchema().ref("#/components/schemas/" + schema));
            operation
                    .getResponses()
                    .addAPIResponse(
                            failure.status(),
                            OASFactory.createAPIResponse()
                                    .description(failure.description())
                                    .content(OASFactory.createContent().addMediaType("application/json", body)));
        });
        return operation;
    }
}
