package dev.quarry.documents;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Content;
import org.eclipse.microprofile.openapi.models.responses.APIResponse;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.eclipse.microprofile.openapi.models.tags.Tag;
import org.jboss.jandex.IndexView;

/**
 * Completes the OpenAPI document while a service is built: parameters, response headers, failures, security, tags and
 * examples of every operation. It keeps everything that a service's annotations declare.
 */
@OpenApiFilter(stages = OpenApiFilter.RunStage.BUILD)
public class CompleteDocument implements OASFilter {
    private final IndexView index;

    public CompleteDocument(IndexView index) {
        this.index = index;
    }

    @Override
    public void filterOpenAPI(OpenAPI document) {
        List<Endpoint> endpoints = Endpoint.all(index, document);
        Failures failures = new Failures(FamilyFailures.of(index));
        Security security = Security.of(document);
        for (Endpoint endpoint : endpoints) {
            inlineResponses(endpoint, document);
            OperationParameters.describe(endpoint);
            ResponseHeaders.describe(endpoint);
            Examples.describe(endpoint);
            failures.describe(endpoint, security);
            security.describe(endpoint);
            describeTag(endpoint, document);
        }
        document.getComponents().setResponses(null);
        UsedSchemas.keep(document);
        sortPaths(document);
    }

    /** Copies shared responses into the operation, which adds its own headers and examples. */
    private static void inlineResponses(Endpoint endpoint, OpenAPI document) {
        APIResponses responses = endpoint.operation().getResponses();
        Map.copyOf(responses.getAPIResponses()).forEach((status, response) -> {
            if (response.getRef() != null) {
                String name = response.getRef().substring(response.getRef().lastIndexOf('/') + 1);
                APIResponse shared = document.getComponents().getResponses().get(name);
                APIResponse copy = OASFactory.createAPIResponse().description(shared.getDescription());
                if (shared.getContent() != null) {
                    Content content = OASFactory.createContent();
                    shared.getContent()
                            .getMediaTypes()
                            .forEach((type, body) -> content.addMediaType(
                                    type, OASFactory.createMediaType().schema(body.getSchema())));
                    copy.setContent(content);
                }
                responses.addAPIResponse(status, copy);
            }
        });
    }

    /** Sorts the paths, because their order otherwise depends on the order of the files in the jar. */
    private static void sortPaths(OpenAPI document) {
        document.getPaths().setPathItems(new TreeMap<>(document.getPaths().getPathItems()));
    }

    /** An operation without a tag gets the only one that the service declares. */
    private static void describeTag(Endpoint endpoint, OpenAPI document) {
        List<Tag> declared = document.getTags() == null ? List.of() : document.getTags();
        List<String> tags = endpoint.operation().getTags();
        if ((tags == null || tags.isEmpty()) && declared.size() == 1) {
            endpoint.operation().addTag(declared.getFirst().getName());
        }
    }
}
