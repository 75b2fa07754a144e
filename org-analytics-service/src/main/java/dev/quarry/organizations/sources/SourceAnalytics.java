package dev.quarry.organizations.sources;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A workspace's sources.
 *
 * @param workspaceSources sources that are in no namespace
 * @param namespaceSources sources that are in a namespace
 * @param sourcesByType the types with the most sources, in alphabetical order
 * @param sourcesByStatus the statuses with the most sources, in alphabetical order: not only the three that have a
 *     field each
 */
@Schema(name = "SourceAnalytics")
public record SourceAnalytics(
        @Schema(required = true) @JsonProperty("total_sources")
        long totalSources,

        @Schema(required = true) @JsonProperty("indexed_sources")
        long indexedSources,

        @Schema(required = true) @JsonProperty("failed_sources")
        long failedSources,

        @Schema(required = true) @JsonProperty("pending_sources")
        long pendingSources,

        @Schema(required = true) @JsonProperty("total_chunks")
        long totalChunks,

        @Schema(required = true) @JsonProperty("total_tokens")
        long totalTokens,

        @Schema(required = true) @JsonProperty("total_bytes")
        long totalBytes,

        @Schema(required = true) @JsonProperty("workspace_sources")
        long workspaceSources,

        @Schema(required = true) @JsonProperty("namespace_sources")
        long namespaceSources,

        @Schema(required = true) @JsonProperty("sources_by_type")
        Map<String, Long> sourcesByType,

        @Schema(required = true) @JsonProperty("sources_by_status")
        Map<String, Long> sourcesByStatus) {}
