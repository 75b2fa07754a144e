package dev.quarry.request;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.probe.ProbeResource;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class FailureMapperTest {
    static Stream<Failure> told() {
        return Stream.of(
                new Failure.Unauthenticated("who?"),
                new Failure.Forbidden("metrics:read", "no"),
                new Failure.NotFound("app", "a1"),
                new Failure.Malformed(400, "what?"),
                new Failure.QueryTooLarge(),
                new Failure.TimedOut(Failure.Store.CLICKHOUSE),
                new Failure.Internal());
    }

    @ParameterizedTest
    @MethodSource("told")
    void rendersAFailureWithItsStatus(Failure failure) {
        ProbeResource.failWith(() -> new FailureException(failure));

        given().header("X-Request-Id", "r-1")
                .get("/probe/failing")
                .then()
                .statusCode(failure.status())
                .contentType("application/json")
                .body("kind", equalTo(failure.getClass().getSimpleName()))
                .body("message", equalTo(failure.message()))
                .body("requestId", equalTo("r-1"));
    }

    @Test
    void setsRetryAfter() {
        ProbeResource.failWith(() -> new FailureException(new Failure.TooManyRequests(Duration.ofSeconds(17))));

        given().get("/probe/failing").then().statusCode(429).header("Retry-After", "17");
    }

    @Test
    void hidesTheCauseOfAnInternalError() {
        ProbeResource.failWith(() -> new IllegalStateException("jdbc://secret-host password=hunter2"));

        given().get("/probe/failing")
                .then()
                .statusCode(500)
                .body("kind", equalTo("Internal"))
                .body(not(containsString("hunter2")))
                .body(not(containsString("IllegalState")));
    }

    @Test
    void unknownRoutesAndWrongMethodsHaveTheErrorBodyOfTheApi() {
        given().get("/probe/nowhere").then().statusCode(404).body("kind", equalTo("NoSuchRoute"));
        given().get("/nowhere/at/all").then().statusCode(404).body("kind", equalTo("NoSuchRoute"));
        given().post("/probe/failing")
                .then()
                .statusCode(405)
                .header("Allow", containsString("GET"))
                .body("kind", equalTo("MethodNotAllowed"));
    }
}
