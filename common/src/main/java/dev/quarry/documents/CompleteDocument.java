package dev.quarry.documents;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import java.util.List;
import java.util.TreeMap;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.OpenAPI;
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
            OperationParameters.describe(endpoint);
            ResponseHeaders.describe(endpoint);
            Examples.describe(endpoint);
            TableContent.describe(endpoint);
            failures.describe(endpoint, security);
            security.describe(endpoint);
            describeTag(endpoint, document);
        }
        UsedSchemas.keep(document);
        sortPaths(document);
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
