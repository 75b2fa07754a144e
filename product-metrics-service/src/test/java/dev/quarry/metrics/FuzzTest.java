package dev.quarry.metrics;

import dev.quarry.testing.FuzzTests;
import dev.quarry.testing.Stores;
import dev.quarry.testing.Tenant;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class FuzzTest extends FuzzTests {
    @Override
    protected Tenant tenant(int size, String id) {
        return SampleTenant.create(size, id);
    }
}
