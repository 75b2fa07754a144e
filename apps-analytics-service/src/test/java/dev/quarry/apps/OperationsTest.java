package dev.quarry.apps;

import dev.quarry.testing.Contract;
import dev.quarry.testing.OperationsTests;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class OperationsTest extends OperationsTests {
    private static final Contract CONTRACT = Contract.ofResource("/contract/mixpeek.json");

    private final TestApp app = TestApp.create();

    @Override
    protected RequestSpecification request() {
        return app.caller().withBearer();
    }

    @Override
    protected String path() {
        return "/v1/apps/" + app.id() + "/logs";
    }

    @Override
    protected void checkFailure(String body) {
        CONTRACT.check("ErrorResponse", body);
    }
}
