package dev.quarry.parameters;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;

import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** A parameter of another case is unknown, and does not hide the one that is meant. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Count=7&count=5                | a, 5, none
            count=5&Count=7                | a, 5, none
            COUNT=x&count=4&Count=0&count=5 | a, 5, none
            Count=7                        | a, 1, none
            TEXT=a&count=5&text=b          | a, 5, none, b
            count=5&text=b&Text=c          | a, 5, none, b
            """)
    void namesThatDifferInCaseAreDifferent(String query, String expected) {
        given().get("/probe/parameters/a?" + query).then().statusCode(200).body(equalTo(expected));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            count=5&text=a+b%2Bc%26d  | a, 5, none, a b+c&d
            c%6Funt=5&text=%C3%A9     | a, 5, none, é
            text=a=b&count=5          | a, 5, none, a=b
            =x&count=5                | a, 5, none
            ?count=7                  | a, 1, none
            """)
    void decodesTheQueryAsFormsEncodeIt(String query, String expected) {
        given().urlEncodingEnabled(false)
                .get("/probe/parameters/a?" + query)
                .then()
                .statusCode(200)
                .body(equalTo(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"count=", "count", "count=5&count="})
    void anEmptyParameterIsSent(String query) {
        given().urlEncodingEnabled(false)
                .get("/probe/parameters/a?" + query)
                .then()
                .statusCode(422);
    }

    @Test
    void reportsViolations() {
        given().get("/probe/parameters/a?count=0").then().statusCode(422);
    }
}
