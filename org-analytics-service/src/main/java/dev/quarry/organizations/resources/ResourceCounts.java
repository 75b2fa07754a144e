package dev.quarry.organizations.resources;

import io.vertx.mutiny.sqlclient.Row;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How many resources of each kind there are. */
@Schema(name = "ResourceCounts")
public record ResourceCounts(
        @Schema(required = true) long sources,
        @Schema(required = true) long augmentations,
        @Schema(required = true) long endpoints,
        @Schema(required = true) long namespaces,
        @Schema(required = true) long apps,
        @Schema(required = true) long threads,
        @Schema(required = true) long actions,
        @Schema(required = true) long secrets,
        @Schema(required = true) long models) {

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
