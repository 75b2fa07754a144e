package dev.quarry.apps;

import dev.quarry.testing.EveryRouteTests;
import dev.quarry.testing.Stores;
import dev.quarry.testing.Tenant;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.awaitility.Awaitility;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class EveryRouteTest extends EveryRouteTests {
    @Override
    protected Map<String, Route> routes() {
        Tenant tenant = SampleTenant.create(1, "app_web");
        TestApp app = new TestApp(tenant.caller(), "app_web");
        String path = "/v1/apps/{app}/";
        return Map.of(
                "/v1/apps/{app_id}/analytics",
                json(
                        app.request(),
                        path + "analytics?hours=24",
                        "total_errors",
                        "total_events",
                        "vitals.sample_count.sum()"),
                "/v1/apps/{app_id}/logs",
                json(app.request(), path + "logs", "entries.size()"),
                "/v1/apps/{app_id}/logs/tail",
                () -> tailed(tenant));
    }

    /**
     * Reads until the tail sends an entry. The service may not yet have noticed that the tails of earlier requests were
     * closed, and then answers 429.
     */
    private static int tailed(Tenant tenant) {
        return Awaitility.await().until(() -> entriesOfOneTail(tenant), count -> count > 0);
    }

    private static int entriesOfOneTail(Tenant tenant) throws IOException, InterruptedException {
        String app = tenant.ids().get("app_id");
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://localhost:" + RestAssured.port + "/v1/apps/" + app + "/logs/tail"))
                .header("Authorization", "Bearer " + tenant.caller().key())
                .header("Last-Event-ID", tenant.ids().get("Last-Event-ID"))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            var response = client.send(request, HttpResponse.BodyHandlers.ofInputStream());
            try (var lines = new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                return (int) lines.lines()
                        .filter(line -> line.contains(tenant.caller().organization()))
                        .limit(1)
                        .count();
            } finally {
                client.shutdownNow();
            }
        }
    }
}
