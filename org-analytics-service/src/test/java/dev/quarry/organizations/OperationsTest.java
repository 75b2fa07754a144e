package dev.quarry.organizations;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.testing.OperationsTests;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.path.json.JsonPath;
import io.restassured.specification.RequestSpecification;
import java.util.Map;
import java.util.Set;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class OperationsTest extends OperationsTests {
    private final TestOrganization organization = TestOrganization.create();

    @Override
    protected RequestSpecification request() {
        return organization.caller().withBearer();
    }

    @Override
    protected String path() {
        return "/v1/orgs/" + organization.id() + "/analytics";
    }

    @Override
    protected void checkFailure(String body) {
        Map<String, Object> error = JsonPath.from(body).getMap("$");
        assertEquals(Set.of("error", "message", "details", "timestamp", "status_code"), error.keySet());
    }
}
