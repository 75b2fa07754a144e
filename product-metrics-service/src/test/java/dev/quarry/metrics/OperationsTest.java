package dev.quarry.metrics;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Contract;
import dev.quarry.testing.OperationsTests;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class OperationsTest extends OperationsTests {
    private static final Contract CONTRACT = Contract.ofResource("/contract.json");

    private final TestCaller caller = TestCaller.create(Permissions.METRICS_READ);

    @Override
    protected RequestSpecification request() {
        return caller.withApiKey();
    }

    @Override
    protected String path() {
        return "/v1/metrics/dau";
    }

    @Override
    protected void checkFailure(String body) {
        CONTRACT.check("Error", body);
    }
}
