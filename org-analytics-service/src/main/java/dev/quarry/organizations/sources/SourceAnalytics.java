package dev.quarry.organizations.sources;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A workspace's sources.
 *
 * @param workspaceSources those that lie in no namespace
 * @param namespaceSources those that lie in one
 * @param sourcesByType the types with the most sources, in alphabetical order
 * @param sourcesByStatus the statuses with the most sources, in alphabetical order: more than the three that have a field each
 */
@Schema(name = "SourceAnalytics")
public record SourceAnalytics(
        @Schema(required = true, minimum = "0", description = "Number of sources, at least 0")
        @JsonProperty("total_sources")
        long totalSources,

        @Schema(required = true, minimum = "0", description = "Number of sources with status `indexed`, at least 0")
        @JsonProperty("indexed_sources")
        long indexedSources,

        @Schema(required = true, minimum = "0", description = "Number of sources with status `failed`, at least 0")
        @JsonProperty("failed_sources")
        long failedSources,

        @Schema(required = true, minimum = "0", description = "Number of sources with status `pending`, at least 0")
        @JsonProperty("pending_sources")
        long pendingSources,

        @Schema(required = true, minimum = "0", description = "Number of chunks of all sources, at least 0")
        @JsonProperty("total_chunks")
        long totalChunks,

        @Schema(required = true, minimum = "0", description = "Number of tokens of all sources, at least 0")
        @JsonProperty("total_tokens")
        long totalTokens,

        @Schema(required = true, minimum = "0", description = "Size of all sources in bytes, at least 0")
        @JsonProperty("total_bytes")
        long totalBytes,

        @Schema(required = true, minimum = "0", description = "Number of sources outside namespaces, at least 0")
        @JsonProperty("workspace_sources")
        long workspaceSources,

        @Schema(required = true, minimum = "0", description = "Number of sources in namespaces, at least 0")
        @JsonProperty("namespace_sources")
        long namespaceSources,

        @Schema(
                required = true,
                description =
                        "Number of sources of each type, at least 1; the `limit` largest types, in alphabetical order")
        @JsonProperty("sources_by_type")
        Map<String, Long> sourcesByType,

        @Schema(
                required = true,
                description =
                        "Number of sources of each status, at least 1; the `limit` largest statuses, in alphabetical order")
        @JsonProperty("sources_by_status")
        Map<String, Long> sourcesByStatus) {}
