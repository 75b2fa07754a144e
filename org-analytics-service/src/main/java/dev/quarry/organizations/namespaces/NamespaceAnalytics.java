package dev.quarry.organizations.namespaces;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.organizations.owned.OwnedResources;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a namespace has. */
@Schema(name = "NamespaceAnalytics")
@JsonNaming(SnakeCaseStrategy.class)
public record NamespaceAnalytics(
        @Schema(required = true, description = "Id of the namespace")
        String namespaceId,

        @Schema(required = true, minimum = "0", description = "Number of threads in the namespace, at least 0")
        long threads,

        @Schema(required = true, minimum = "0", description = "Number of sources in the namespace, at least 0")
        long sources) {

    static NamespaceAnalytics of(String namespace, OwnedResources owned) {
        return new NamespaceAnalytics(namespace, owned.threads(), owned.sources());
    }
}
