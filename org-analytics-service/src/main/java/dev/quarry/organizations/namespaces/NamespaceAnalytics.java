package dev.quarry.organizations.namespaces;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The numbers of a namespace's resources. */
@Schema(name = "NamespaceAnalytics")
public record NamespaceAnalytics(
        @Schema(required = true) @JsonProperty("namespace_id")
        String namespaceId,

        @Schema(required = true) long threads,
        @Schema(required = true) long sources) {}
