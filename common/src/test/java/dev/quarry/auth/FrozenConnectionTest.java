package dev.quarry.auth;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.FreezingPostgres;
import dev.quarry.testing.FreezingPostgres.Freezer;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Revokes keys while the connection that listens for revocations hangs. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = FreezingPostgres.class, restrictToAnnotatedClass = true)
@TestProfile(FrozenConnectionTest.Frozen.class)
class FrozenConnectionTest {
    /** {@code -Dquarry.test.revocations=100} for more. */
    private static final int TIMES = Integer.getInteger("quarry.test.revocations", 3);

    private static final Duration REVOKED_WITHIN = Duration.ofSeconds(1);
    private static final Duration NOTICED_WITHIN = Duration.ofSeconds(3);
    private static final Duration LONG = Duration.ofSeconds(30);

    public static final class Frozen implements QuarkusTestProfile {}

    @FreezingPostgres.Listener
    Freezer listener;

    @Inject
    CallerRevalidation revalidation;

    @AfterEach
    void goOn() {
        listener.goOn();
    }

    @Test
    void aRevokedKeyEndsWithinASecondWhileTheConnectionHangs() {
        for (int time = 0; time < TIMES; time++) {
            await().atMost(LONG).until(() -> heard() == 1);
            TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
            var watch = revalidation.watch(new Caller(
                    caller.organization(), Set.of(Permissions.METRICS_READ), Mechanism.API_KEY, "id_" + caller.key()));
            assertEquals(200, ask(caller));
            assertTrue(watch.holds());
            assertEquals(200, ask(caller));

            listener.freeze();
            caller.revokeKey();

            await().atMost(REVOKED_WITHIN)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> ask(caller) == 401 && !watch.holds());
            listener.goOn();
        }
    }

    @Test
    void aConnectionThatHangsIsReplaced() {
        await().atMost(LONG).until(() -> heard() == 1);
        int connections = listener.connections();

        listener.freeze();

        await().atMost(NOTICED_WITHIN).until(() -> heard() == 0);
        await().atMost(LONG).until(() -> listener.connections() > connections && heard() == 1);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        assertEquals(200, ask(caller));
        caller.revokeKey();
        await().atMost(REVOKED_WITHIN).until(() -> ask(caller) == 401);
    }

    private static int ask(TestCaller caller) {
        return caller.withApiKey().get("/probe/caller").statusCode();
    }

    private static double heard() {
        return Scrape.now()
                .samples("quarry_credential_revocations_heard")
                .getFirst()
                .value();
    }
}
