package dev.quarry.organizations;

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
                {"error":"AUTHENTICATION_FAILED","message":"Authentication required","details":{},"timestamp":"####-##-##T##:##:##.######","status_code":401}
                {"error":"FORBIDDEN","message":"You don't have permission to perform this action","details":{"required_permission":"analytics:read"},"timestamp":"####-##-##T##:##:##.######","status_code":403}
                {"error":"RESOURCE_NOT_FOUND","message":"The requested resource was not found","details":{"resource_type":"thing","resource_id":"thing-1"},"timestamp":"####-##-##T##:##:##.######","status_code":404}
                {"error":"RESOURCE_NOT_FOUND","message":"No such route","details":{},"timestamp":"####-##-##T##:##:##.######","status_code":404}
                {"error":"METHOD_NOT_ALLOWED","message":"Method not allowed","details":{},"timestamp":"####-##-##T##:##:##.######","status_code":405}
                {"detail":[{"loc":["query","hours"],"msg":"No good","type":"bad","input":"0","ctx":{"le":720,"ge":1}}]}
                {"error":"BAD_REQUEST","message":"No URL","details":{},"timestamp":"####-##-##T##:##:##.######","status_code":400}
                {"error":"RATE_LIMITED","message":"Rate limit exceeded","details":{},"timestamp":"####-##-##T##:##:##.######","status_code":429}
                {"error":"BAD_REQUEST","message":"The request asks for too much data at once: narrow its window or filters","details":{},"timestamp":"####-##-##T##:##:##.######","status_code":400}
                {"error":"GATEWAY_TIMEOUT","message":"The analytics engine took too long to answer","details":{},"timestamp":"####-##-##T##:##:##.######","status_code":504}
                {"error":"SERVICE_UNAVAILABLE","message":"The analytics engine is overloaded","details":{},"timestamp":"####-##-##T##:##:##.######","status_code":503}
                {"error":"SERVICE_UNAVAILABLE","message":"A data store is unavailable","details":{},"timestamp":"####-##-##T##:##:##.######","status_code":503}
                {"error":"INTERNAL_SERVER_ERROR","message":"An unexpected error occurred","details":{},"timestamp":"####-##-##T##:##:##.######","status_code":500}
                """;
    }
}
