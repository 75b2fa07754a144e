package dev.quarry.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class StoresReachedTest {
    private final AtomicBoolean clickHouse = new AtomicBoolean();
    private final AtomicBoolean postgres = new AtomicBoolean();
    private final StoreHealth clickHouseHealth = new StoreHealth("ClickHouse", clickHouse::get);
    private final StoresReached readiness =
            new StoresReached(List.of(clickHouseHealth, new StoreHealth("PostgreSQL", postgres::get)));

    @Test
    void namesTheStoresThatHaveNotAnswered() {
        assertMissing("ClickHouse, PostgreSQL");

        clickHouse.set(true);

        assertMissing("PostgreSQL");
    }

    @Test
    void staysUpWhenAStoreGoesAway() {
        clickHouse.set(true);
        postgres.set(true);
        assertEquals(Status.UP, readiness.call().getStatus());

        clickHouse.set(false);
        postgres.set(false);

        assertEquals(Status.UP, readiness.call().getStatus());
        assertEquals(Status.DOWN, clickHouseHealth.call().getStatus());
    }

    private void assertMissing(String stores) {
        HealthCheckResponse response = readiness.call();
        assertEquals(Status.DOWN, response.getStatus());
        assertEquals(Optional.of(Map.of("missing", stores)), response.getData());
    }
}
