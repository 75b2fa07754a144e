package dev.quarry.organizations.resources;

import io.vertx.mutiny.sqlclient.Row;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How many resources of each kind there are. */
@Schema(name = "ResourceCounts")
public record ResourceCounts(
        @Schema(required = true, minimum = "0", description = "Number of sources, at least 0")
        long sources,

        @Schema(required = true, minimum = "0", description = "Number of augmentations, at least 0")
        long augmentations,

        @Schema(required = true, minimum = "0", description = "Number of endpoints, at least 0")
        long endpoints,

        @Schema(required = true, minimum = "0", description = "Number of namespaces, at least 0")
        long namespaces,

        @Schema(required = true, minimum = "0", description = "Number of apps, at least 0")
        long apps,

        @Schema(required = true, minimum = "0", description = "Number of threads, at least 0")
        long threads,

        @Schema(required = true, minimum = "0", description = "Number of actions, at least 0")
        long actions,

        @Schema(required = true, minimum = "0", description = "Number of secrets, at least 0")
        long secrets,

        @Schema(required = true, minimum = "0", description = "Number of models, at least 0")
        long models) {

    /** Of a row that has a column of each name. */
    public static ResourceCounts of(Row row) {
        return new ResourceCounts(
                row.getLong("sources"),
                row.getLong("augmentations"),
                row.getLong("endpoints"),
                row.getLong("namespaces"),
                row.getLong("apps"),
                row.getLong("threads"),
                row.getLong("actions"),
                row.getLong("secrets"),
                row.getLong("models"));
    }
}
