package dev.quarry.local.gateway;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** What the gateway answers programs at {@code /}: the service of each prefix, with its documentation. */
record Routes(List<Upstream> upstreams) {

    String json() {
        var routes = new JsonArray();
        for (Upstream upstream : upstreams) {
            routes.add(new JsonObject()
                    .put("prefix", upstream.prefix())
                    .put("service", upstream.name())
                    .put("title", upstream.title())
                    .put("documentation", "/docs/" + upstream.name())
                    .put("openapi", "/docs/" + upstream.name() + "/openapi"));
        }
        return new JsonObject()
                .put("name", "Quarry")
                .put("routes", routes)
                .put("health", "/q/health")
                .encodePrettily();
    }
}
