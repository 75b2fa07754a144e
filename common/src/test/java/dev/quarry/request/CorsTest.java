package dev.quarry.request;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Pages of another site that may call the service. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@TestProfile(CorsTest.OneSite.class)
class CorsTest {
    private static final String SITE = "https://dashboard.example";

    public static final class OneSite implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.http.cors.enabled", "true", "quarkus.http.cors.origins", SITE);
        }
    }

    @Test
    void answersDependOnTheOrigin() {
        given().header("Origin", SITE)
                .get("/probe/nowhere")
                .then()
                .statusCode(404)
                .header("Access-Control-Allow-Origin", SITE)
                .header("Access-Control-Expose-Headers", containsString("X-Data-As-Of"));

        // A cache must not give this answer, which allows no site, to a page of the site.
        Response withoutOrigin = given().get("/probe/nowhere");
        assertTrue(
                withoutOrigin.headers().getValues("Vary").stream()
                        .anyMatch(value -> value.toLowerCase(Locale.ROOT).contains("origin")),
                withoutOrigin.headers().toString());
    }
}
