package dev.quarry.metrics;

import dev.quarry.testing.Stores;
import dev.quarry.testing.Tenant;
import dev.quarry.testing.TenantWallTests;
import dev.quarry.testing.TenantWalls;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;

@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = TenantWalls.class, restrictToAnnotatedClass = true)
class TenantWallTest extends TenantWallTests {
    @Override
    protected Tenant tenant(int size, String id) {
        return SampleTenant.create(size, id);
    }
}
