package dev.quarry.auth;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Scrape;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Clients that try unknown keys, behind a proxy on this machine. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@TestProfile(FailedLookUpsTest.BehindAProxy.class)
class FailedLookUpsTest {
    private static final int LIMIT = 5;
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

    public static final class BehindAProxy implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "quarry.auth.failed-lookups",
                    Integer.toString(LIMIT),
                    "quarry.auth.trusted-proxies",
                    "127.0.0.0/8,::1,10.1.0.0/16");
        }
    }

    @Inject
    TestClock clock;

    @Inject
    CredentialStore credentials;

    private final TestCaller caller = TestCaller.create(Permissions.METRICS_READ);

    @BeforeEach
    void stopTheClock() {
        clock.setTo(NOW);
    }

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    @Test
    void anAddressThatTriesManyKeysIsRefusedForASecond() {
        String guesser = "203.0.113.1";
        assertEquals(200, ask(caller.key(), guesser).statusCode());
        TestCaller unseen = TestCaller.create(Permissions.METRICS_READ);
        exhaust(guesser);
        double lookUps = lookUps();

        for (int guess = 0; guess < 20; guess++) {
            ask(unknown(), guesser)
                    .then()
                    .statusCode(429)
                    .header("Retry-After", "1")
                    .body("kind", equalTo("TooManyRequests"));
        }
        assertEquals(429, ask(unseen.key(), guesser).statusCode());
        assertEquals(lookUps, lookUps());

        // Neither a cached key of this address nor another address is affected.
        assertEquals(200, ask(caller.key(), guesser).statusCode());
        assertEquals(200, ask(unseen.key(), "203.0.113.2").statusCode());
        assertEquals(401, ask(unknown(), "203.0.113.2").statusCode());

        clock.setTo(NOW.plus(Duration.ofSeconds(1)));
        assertEquals(401, ask(unknown(), guesser).statusCode());
    }

    @Test
    void aKeyThatWorkedAMomentAgoIsLookedUpInSpiteOfTheLimit() {
        String guesser = "203.0.113.4";
        assertEquals(200, ask(caller.key(), guesser).statusCode());
        TestCaller unseen = TestCaller.create(Permissions.METRICS_READ);
        exhaust(guesser);
        double lookUps = lookUps();

        // Forgets what it has cached, but not what was valid.
        credentials.hearingRevocations(false);
        try {
            assertEquals(200, ask(caller.key(), guesser).statusCode());
            assertEquals(lookUps + 1, lookUps());
            assertEquals(429, ask(unseen.key(), guesser).statusCode());
        } finally {
            credentials.hearingRevocations(true);
        }
        assertEquals(429, ask(unknown(), guesser).statusCode());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    198.51.100.1                        | 198.51.100.1
                    invented, 198.51.100.2              | 198.51.100.2
                    1.2.3.4, 198.51.100.3               | 198.51.100.3
                    1.2.3.4, 198.51.100.4, 10.1.255.255 | 198.51.100.4
                    198.51.100.5,127.0.0.1              | 198.51.100.5
                    2001:db8:0:1::7                     | 2001:db8:0:1:ffff::8
                    """)
    void theLastAddressThatIsNoProxyIsTheClient(String forwarded, String client) {
        exhaust(forwarded);

        assertEquals(429, ask(unknown(), client).statusCode());
    }

    @Test
    void anUnknownKeyIsLookedUpOnceInASecond() {
        String key = unknown();
        double before = lookUps();

        for (int times = 0; times < LIMIT + 3; times++) {
            assertEquals(401, ask(key, "203.0.113.3").statusCode());
        }

        assertEquals(before + 1, lookUps());
    }

    private static void exhaust(String address) {
        for (int guess = 0; guess < LIMIT; guess++) {
            assertEquals(401, ask(unknown(), address).statusCode());
        }
    }

    private static String unknown() {
        return "unknown_" + UUID.randomUUID();
    }

    private static Response ask(String key, String forwardedFor) {
        return given().header("x-api-key", key)
                .header("X-Forwarded-For", forwardedFor)
                .get("/probe/caller");
    }

    /** Look-ups of credentials in PostgreSQL so far. */
    private static double lookUps() {
        return Scrape.now().sum("quarry_credential_lookups_total", "result", "miss");
    }
}
