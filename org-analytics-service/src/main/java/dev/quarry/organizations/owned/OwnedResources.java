package dev.quarry.organizations.owned;

import io.vertx.mutiny.sqlclient.Row;

/** How many resources of each kind an app or a namespace owns. Namespaces own threads and sources, apps all others. */
public record OwnedResources(
        long augmentations, long namespaces, long endpoints, long releases, long threads, long sources) {

    static OwnedResources of(Row row) {
        return new OwnedResources(
                row.getLong("augmentations"),
                row.getLong("namespaces"),
                row.getLong("endpoints"),
                row.getLong("releases"),
                row.getLong("threads"),
                row.getLong("sources"));
    }
}
