package dev.quarry.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.quarry.caller.Mechanism;
import dev.quarry.caller.Permissions;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import dev.quarry.postgres.CuttableProxy;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.Vertx;
import jakarta.inject.Inject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Credentials while PostgreSQL is cut off. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class GraceTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    @Inject
    Vertx vertx;

    @ConfigProperty(name = "quarkus.datasource.reactive.url")
    String server;

    private final TestClock clock = new TestClock();
    private CuttableProxy proxy;
    private CredentialStore store;
    private TestCaller caller;

    @BeforeEach
    void open() {
        proxy = new CuttableProxy(vertx, server);
        clock.setTo(NOW);
        store = store(clock);
        caller = TestCaller.create(Permissions.METRICS_READ);
    }

    @AfterEach
    void close() {
        proxy.close();
    }

    @Test
    void aKnownKeyWorksForTheGraceAndNoLonger() {
        assertWorks();
        cutOff();

        assertWorks();
        clock.setTo(NOW.plusSeconds(59));
        assertWorks();
        clock.setTo(NOW.plusSeconds(60));
        assertUnreachable();
    }

    @Test
    void theGraceBeginsWhenTheKeyWasLastKnownToBeValid() {
        assertWorks();
        clock.setTo(NOW.plusSeconds(50));
        assertWorks();
        cutOff();

        clock.setTo(NOW.plusSeconds(109));
        assertWorks();
    }

    @Test
    void anUnknownKeyDoesNotWork() {
        cutOff();

        assertUnreachable();
    }

    @Test
    void aRevocationThatIsHeardEndsTheGrace() {
        assertWorks();
        proxy.cut();
        store.forget(Secret.of(caller.key()).sha256());

        assertUnreachable();
    }

    /** The store has found the cached key, and reads the clock to remember when the key was valid. */
    @Test
    void aRevocationThatIsHeardWhileACachedKeyIsUsedEndsTheGrace() {
        var meanwhile = new AtomicReference<Runnable>(() -> {});
        InstantSource source = () -> {
            meanwhile.getAndSet(() -> {}).run();
            return NOW;
        };
        store = store(source.withZone(ZoneOffset.UTC));
        assertWorks();
        meanwhile.set(() -> store.forget(Secret.of(caller.key()).sha256()));
        assertWorks();
        proxy.cut();

        assertUnreachable();
    }

    @Test
    void aRevocationThatMayHaveBeenMissedEndsTheGrace() {
        assertWorks();
        cutOff();
        caller.revokeKey();
        store.hearingRevocations(true);
        store.hearingRevocations(false);

        assertUnreachable();
    }

    @Test
    void theAnswerOfPostgresCounts() {
        assertWorks();
        store.hearingRevocations(false);
        caller.revokeKey();

        assertThrows(AuthenticationFailedException.class, this::find);
        proxy.cut();
        // For a second the key is remembered as unknown; then PostgreSQL is asked in vain.
        assertThrows(RuntimeException.class, this::find);
    }

    /** A store that receives revocations. */
    private CredentialStore store(Clock time) {
        var configuration = configuration("60s");
        var meters = new SimpleMeterRegistry();
        var opened = new CredentialStore(
                proxy.postgres(vertx), time, new FailedLookUps(configuration, time, meters), configuration, meters);
        opened.hearingRevocations(true);
        opened.heardRevocationsUntil(System.nanoTime() + Duration.ofHours(1).toNanos());
        return opened;
    }

    private void cutOff() {
        proxy.cut();
        store.hearingRevocations(false);
    }

    private void assertWorks() {
        assertEquals(caller.organization(), find());
    }

    private void assertUnreachable() {
        FailureException failed = assertThrows(FailureException.class, this::find);
        assertInstanceOf(Failure.Unreachable.class, failed.failure());
    }

    private String find() {
        return store.byKey(caller.key(), Mechanism.API_KEY, () -> "192.0.2.1")
                .await()
                .indefinitely()
                .organization();
    }

    private static AuthConfiguration configuration(String grace) {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(AuthConfiguration.class)
                .withDefaultValues(Map.of("quarry.auth.grace", grace))
                .build()
                .getConfigMapping(AuthConfiguration.class);
    }
}
