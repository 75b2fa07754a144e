package dev.quarry.apps;

import dev.quarry.testing.FailureBodiesTests;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class FailureBodiesTest extends FailureBodiesTests {
    @Override
    protected String expected() {
        return """
                {"success":false,"status":401,"error":{"message":"Who are you?","type":"AuthenticationError"}}
                {"success":false,"status":403,"error":{"message":"You may not","type":"PermissionError"}}
                {"success":false,"status":404,"error":{"message":"Thing not found","type":"NotFoundError","details":{"resource":"thing","id":"thing-1"}}}
                {"success":false,"status":404,"error":{"message":"No such route","type":"NotFoundError"}}
                {"success":false,"status":405,"error":{"message":"Method not allowed","type":"MethodNotAllowedError"}}
                {"detail":[{"loc":["query","hours"],"msg":"No good","type":"bad"}]}
                {"success":false,"status":400,"error":{"message":"No URL","type":"BadRequestError"}}
                {"success":false,"status":429,"error":{"message":"Rate limit exceeded","type":"RateLimitError"}}
                {"success":false,"status":400,"error":{"message":"The request asks for too much data at once: narrow its window or filters","type":"BadRequestError"}}
                {"success":false,"status":504,"error":{"message":"The analytics engine took too long to answer","type":"TimeoutError"}}
                {"success":false,"status":503,"error":{"message":"The analytics engine is overloaded","type":"ServiceUnavailableError"}}
                {"success":false,"status":503,"error":{"message":"A data store is unavailable","type":"ServiceUnavailableError"}}
                {"success":false,"status":500,"error":{"message":"An unexpected error occurred","type":"InternalServerError"}}
                """;
    }
}
