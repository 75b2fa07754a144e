package dev.quarry.testing;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class DocumentedAnswersTest {

    @Test
    void anAnswerThatFitsTheDocumentPasses() {
        given().get("/v1/probe/document/right?x=1").then().statusCode(200).body("number", equalTo(1));
    }

    @ParameterizedTest
    @CsvSource({
        "body, '''more'' is not defined in the schema'",
        "status, no application/json with status 202 of /v1/probe/document/{answer}",
        "type, no text/plain with status 200 of /v1/probe/document/{answer}",
    })
    void anAnswerThatIsNotDocumentedFailsTheTest(String answer, String fault) {
        AssertionError failed = assertThrows(AssertionError.class, () -> given().get("/v1/probe/document/" + answer));
        assertTrue(failed.getMessage().contains(fault), failed::getMessage);
    }
}
