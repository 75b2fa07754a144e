package dev.quarry.documents;

import io.smallrye.openapi.model.BaseModel;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.eclipse.microprofile.openapi.models.OpenAPI;
import org.eclipse.microprofile.openapi.models.media.Schema;

/**
 * Keeps the schemas that operations refer to, sorted by name. Removes the others, such as those of another family's
 * failures: OpenAPI tools warn of unused schemas, and client generators make types of them.
 */
final class UsedSchemas {
    private static final String PREFIX = "#/components/schemas/";

    private final Map<String, Schema> all;
    private final Set<String> used = new TreeSet<>();

    private UsedSchemas(Map<String, Schema> all) {
        this.all = all;
    }

    static void keep(OpenAPI document) {
        Map<String, Schema> all = document.getComponents().getSchemas();
        if (all == null) {
            return;
        }
        UsedSchemas schemas = new UsedSchemas(all);
        schemas.visit(document.getPaths());
        Map<String, Schema> kept = new TreeMap<>(all);
        kept.keySet().retainAll(schemas.used);
        document.getComponents().setSchemas(kept);
    }

    private void visit(Object node) {
        switch (node) {
            case BaseModel<?> model -> {
                String reference = model.getRef();
                if (reference != null && reference.startsWith(PREFIX)) {
                    String name = reference.substring(PREFIX.length());
                    if (used.add(name)) {
                        visit(all.get(name));
                    }
                }
                visit(model.getAllProperties());
            }
            case Map<?, ?> map -> map.values().forEach(this::visit);
            case Collection<?> list -> list.forEach(this::visit);
            case null, default -> {}
        }
    }
}
