package dev.quarry.metrics;

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
                {"statusCode":401,"error":"Unauthorized","message":"Who are you?"}
                {"statusCode":403,"error":"Forbidden","message":"You may not"}
                {"statusCode":404,"error":"Not Found","message":"The requested thing was not found"}
                {"statusCode":404,"error":"Not Found","message":"No such route"}
                {"statusCode":405,"error":"Method Not Allowed","message":"Method not allowed"}
                {"statusCode":400,"error":"Bad Request","message":"hours: No good"}
                {"statusCode":400,"error":"Bad Request","message":"No URL"}
                {"statusCode":429,"error":"Too Many Requests","message":"Rate limit exceeded","retryAfter":1}
                {"statusCode":400,"error":"Bad Request","message":"The request asks for too much data at once: narrow its window or filters"}
                {"statusCode":504,"error":"Gateway Timeout","message":"The analytics engine took too long to answer"}
                {"statusCode":503,"error":"Service Unavailable","message":"The analytics engine is overloaded"}
                {"statusCode":503,"error":"Service Unavailable","message":"A data store is unavailable"}
                {"statusCode":500,"error":"Internal Server Error","message":"An unexpected error occurred"}
                """;
    }
}
