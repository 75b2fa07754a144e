package dev.quarry.organizations.sources;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.organizations.GroupCount;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import java.math.BigInteger;
import java.util.LinkedHashMap;
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
@JsonNaming(SnakeCaseStrategy.class)
public record SourceAnalytics(
        @Schema(required = true, minimum = "0", description = "Number of sources, at least 0")
        long totalSources,

        @Schema(required = true, minimum = "0", description = "Number of sources with status `indexed`, at least 0")
        long indexedSources,

        @Schema(required = true, minimum = "0", description = "Number of sources with status `failed`, at least 0")
        long failedSources,

        @Schema(required = true, minimum = "0", description = "Number of sources with status `pending`, at least 0")
        long pendingSources,

        @Schema(required = true, minimum = "0", description = "Number of chunks of all sources, at least 0")
        BigInteger totalChunks,

        @Schema(required = true, minimum = "0", description = "Number of tokens of all sources, at least 0")
        BigInteger totalTokens,

        @Schema(required = true, minimum = "0", description = "Size of all sources in bytes, at least 0")
        BigInteger totalBytes,

        @Schema(required = true, minimum = "0", description = "Number of sources outside namespaces, at least 0")
        long workspaceSources,

        @Schema(required = true, minimum = "0", description = "Number of sources in namespaces, at least 0")
        long namespaceSources,

        @Schema(
                required = true,
                description =
                        "Number of sources of each type, at least 1; the `limit` largest types, in alphabetical order")
        Map<String, Long> sourcesByType,

        @Schema(
                required = true,
                description =
                        "Number of sources of each status, at least 1; the `limit` largest statuses, in alphabetical order")
        Map<String, Long> sourcesByStatus)
        implements Tabular {

    @Override
    public Table<?> table() {
        Map<String, Map<String, Long>> counts = new LinkedHashMap<>();
        counts.put("type", sourcesByType);
        counts.put("status", sourcesByStatus);
        return GroupCount.table(counts);
    }
}
