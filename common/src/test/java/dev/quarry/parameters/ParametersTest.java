package dev.quarry.parameters;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class ParametersTest {
    @Test
    void readsPathQueryAndHeaderOfTheCurrentRequest() {
        given().header("X-Mood", "calm")
                .get("/probe/parameters/a b?count=3")
                .then()
                .statusCode(200)
                .body(equalTo("a b, 3, calm"));
    }

    @Test
    void theLastOfRepeatedValuesCounts() {
        given().get("/probe/parameters/a?count=0&count=x&count=5").then().body(equalTo("a, 5, none"));
    }

    @Test
    void reportsViolations() {
        given().get("/probe/parameters/a?count=0").then().statusCode(422);
    }
}
