package dev.quarry.organizations.namespaces;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What a namespace has. */
@Schema(name = "NamespaceAnalytics")
public record NamespaceAnalytics(
        @Schema(required = true) @JsonProperty("namespace_id")
        String namespaceId,

        @Schema(required = true) long threads,
        @Schema(required = true) long sources) {}
