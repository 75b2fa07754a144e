package dev.quarry.local.gateway;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;

/** The gateway's front page: the service of each prefix, with a link to its documentation. */
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

    String html() {
        return """
                <!doctype html>
                <html lang="en">
                <meta charset="utf-8">
                <title>Quarry</title>
                <style>
                  body { font: 1rem/1.5 system-ui, sans-serif; margin: 3rem auto; max-width: 50rem; padding: 0 1rem }
                  td, th { padding: .3rem 1.5rem .3rem 0; text-align: left }
                </style>
                <h1>Quarry</h1>
                <table>
                  <tr><th>Route</th><th>Service</th><th colspan="2">Documentation</th></tr>
                %s</table>
                <p><a href="/q/health">Health</a></p>
                </html>
                """.formatted(upstreams.stream().map(Routes::row).collect(Collectors.joining()));
    }

    private static String row(Upstream upstream) {
        return """
                  <tr><td><code>%1$s</code></td><td>%2$s</td>\
                <td><a href="/docs/%3$s">try it</a></td><td><a href="/docs/%3$s/openapi">OpenAPI</a></td></tr>
                """.formatted(upstream.prefix(), upstream.title(), upstream.name());
    }
}
