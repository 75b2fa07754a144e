package dev.quarry.telemetry;

import static io.restassured.RestAssured.given;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.RawRequest;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class HttpMetersTest {
    private static final String REQUESTS = "http_server_requests_seconds";

    @TestHTTPResource("/")
    URI root;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /made-up",
                "GET /probe/made-up",
                "GET /probe/items/made-up",
                "GET /probe/items/made-up%zz",
                "GET /probe/items/made-up?%zz",
                "GET /probe/items/../made-up",
                "GET //probe//items//made-up",
                "GET made-up",
                "GET http://made-up/probe/items/made-up",
                "POST /probe/items/made-up",
                "MADE-UP /probe/items/made-up",
                "MADE-UP /made-up",
                "CONNECT made-up:80",
                "OPTIONS *",
                "GET /{made-up}",
                "GET /probe/items/made-up#%zz"
            })
    void noRequestMakesUpASeries(String target) throws IOException {
        assertFalse(RawRequest.send(root, target + " HTTP/1.1").isEmpty());
        assertFalse(RawRequest.send(root, target + " HTTP/1.1\r\nHost: x:y").isEmpty());

        for (Scrape.Sample sample : Scrape.now().samples(REQUESTS + "_count")) {
            assertFalse(sample.labels().toString().toLowerCase(Locale.ROOT).contains("made-up"), sample.toString());
        }
    }

    @Test
    void routesAreCountedByTemplateForEveryStatus() {
        TestCaller reader = TestCaller.create(Permissions.METRICS_READ);
        reader.withApiKey().get("/probe/items/1").then().statusCode(200);
        TestCaller.create().withApiKey().get("/probe/items/2").then().statusCode(403);
        given().get("/probe/items/3").then().statusCode(401);

        Set<String> statuses = Scrape.now().samples(REQUESTS + "_count").stream()
                .filter(sample -> "/probe/items/{item}".equals(sample.labels().get("uri")))
                .map(sample -> sample.labels().get("status"))
                .collect(Collectors.toSet());
        assertTrue(statuses.containsAll(List.of("200", "401", "403")), statuses.toString());
    }

    @Test
    void unknownPathsShareOneSeriesPerStatus() {
        given().get("/nowhere").then().statusCode(404);
        given().post("/probe/items/1").then().statusCode(405);

        Set<String> unmatched = Scrape.now().samples(REQUESTS + "_count").stream()
                .filter(sample -> "/unmatched".equals(sample.labels().get("uri")))
                .map(sample -> sample.labels().get("status"))
                .collect(Collectors.toSet());
        assertTrue(unmatched.containsAll(List.of("404", "405")), unmatched.toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {REQUESTS, "quarry_engine_query_seconds"})
    void durationsHaveHistogramBucketsAtTheLatencyGoals(String timer) {
        TestCaller.create(Permissions.METRICS_READ)
                .withApiKey()
                .get("/probe/events")
                .then()
                .statusCode(200);

        Set<String> bounds = Scrape.now().samples(timer + "_bucket").stream()
                .map(sample -> sample.labels().get("le"))
                .collect(Collectors.toSet());
        assertEquals(
                Set.of("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "5.0", "10.0", "+Inf"),
                bounds);
    }

    @Test
    void credentialLookupsAreCountedBySource() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        double hits = lookups("hit");
        double misses = lookups("miss");

        caller.withApiKey().get("/probe/caller").then().statusCode(200);
        caller.withApiKey().get("/probe/caller").then().statusCode(200);

        assertEquals(misses + 1, lookups("miss"));
        assertEquals(hits + 1, lookups("hit"));
    }

    private static double lookups(String result) {
        return Scrape.now().sum("quarry_credential_lookups_total", "result", result);
    }
}
