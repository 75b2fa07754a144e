package dev.quarry.integrations;

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
                {"error":"unauthorized","message":"Who are you?"}
                {"error":"forbidden","message":"You may not"}
                {"error":"not_found","message":"The requested thing was not found"}
                {"error":"not_found","message":"No such route"}
                {"error":"method_not_allowed","message":"Method not allowed"}
                {"detail":[{"loc":["query","hours"],"msg":"No good","type":"bad","input":"0","ctx":{"le":720,"ge":1}}]}
                {"error":"bad_request","message":"No URL"}
                {"error":"rate_limited","message":"Rate limit exceeded"}
                {"error":"bad_request","message":"The request asks for too much data at once: narrow its window or filters"}
                {"error":"timeout","message":"The analytics engine took too long to answer"}
                {"error":"service_unavailable","message":"The analytics engine is overloaded"}
                {"error":"service_unavailable","message":"A data store is unavailable"}
                {"error":"internal_error","message":"An unexpected error occurred"}
                """;
    }
}
