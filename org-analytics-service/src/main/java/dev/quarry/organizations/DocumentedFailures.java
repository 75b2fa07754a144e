package dev.quarry.organizations;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.Map;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;

/** Adds to every operation of the OpenAPI document the failures that the published one gives each. */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class DocumentedFailures implements OASFilter {
    private static final Map<String, String> DESCRIPTIONS = Map.of(
            "401", "No bearer token, or one that is not good",
            "403", "The token lacks the permission that details name",
            "404", "There is no such resource for this caller",
            "422", "All parameters that do not hold",
            "500", "Our fault");

    @Override
    public Operation filterOperation(Operation operation) {
        DESCRIPTIONS.forEach((status, description) -> {
            String schema = status.equals("422") ? "HTTPValidationError" : "ErrorResponse";
            var body = OASFactory.createMediaType()
                    .schema(OASFactory.createSchema().ref("#/components/schemas/" + schema));
            operation
                    .getResponses()
                    .addAPIResponse(
                            status,
                            OASFactory.createAPIResponse()
                                    .description(description)
                                    .content(OASFactory.createContent().addMediaType("application/json", body)));
        });
        return operation;
    }
}
