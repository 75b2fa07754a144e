package dev.quarry.organizations.resources;

import io.vertx.mutiny.sqlclient.Row;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Numbers of resources by kind. */
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

    /** Reads a row with one column for each kind. */
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
