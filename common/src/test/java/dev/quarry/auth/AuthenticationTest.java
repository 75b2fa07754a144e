package dev.quarry.auth;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestClock;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(Stores.class)
class AuthenticationTest {
    @Inject
    TestClock clock;

    @Inject
    CallerRevalidation standing;

    @AfterEach
    void letTheClockRun() {
        clock.reset();
    }

    @Test
    void admitsAKeyAsApiKeyOrBearer() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);

        caller.withApiKey()
                .get("/probe/caller")
                .then()
                .statusCode(200)
                .body("organization", equalTo(caller.organization()))
                .body("mechanism", equalTo("API_KEY"));
        caller.withBearer()
                .get("/probe/caller")
                .then()
                .statusCode(200)
                .body("organization", equalTo(caller.organization()))
                .body("mechanism", equalTo("BEARER"));
    }

    @Test
    void admitsAMembersSession() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);

        caller.withSession()
                .get("/probe/caller")
                .then()
                .statusCode(200)
                .body("organization", equalTo(caller.organization()))
                .body("mechanism", equalTo("SESSION"));
    }

    @Test
    void aSessionHasThePermissionsWithinItsLimit() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        var session = watch(caller, Mechanism.SESSION, "id_" + caller.sessionToken());

        caller.limitSession(Permissions.METRICS_READ, Permissions.APPS_READ);
        caller.withSession().get("/probe/caller").then().statusCode(200);
        assertTrue(session.holds());

        caller.limitSession(Permissions.APPS_READ);
        await().atMost(Duration.ofSeconds(1))
                .until(() -> caller.withSession().get("/probe/caller").statusCode() == 403);
        await().atMost(Duration.ofSeconds(1)).until(() -> !session.holds());
        caller.withApiKey().get("/probe/caller").then().statusCode(200);
    }

    @Test
    void forbidsTheSessionOfANonMember() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);

        given().header("x-session-token", caller.sessionToken())
                .header("x-organization-id", other.organization())
                .get("/probe/caller")
                .then()
                .statusCode(403);
        given().header("x-session-token", caller.sessionToken())
                .header("x-organization-id", "org_that_does_not_exist")
                .get("/probe/caller")
                .then()
                .statusCode(403);
    }

    @Test
    void requestWithoutCredentialsIsUnauthorized() {
        given().get("/probe/caller").then().statusCode(401).body("kind", equalTo("Unauthenticated"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "nonsense", "' OR 1=1 --", "\u00e9"})
    void unknownKeyIsUnauthorized(String key) {
        given().header("x-api-key", key).get("/probe/caller").then().statusCode(401);
        given().header("Authorization", "Bearer " + key)
                .get("/probe/caller")
                .then()
                .statusCode(401);
        given().header("Authorization", key).get("/probe/caller").then().statusCode(401);
        given().header("x-session-token", key)
                .header("x-organization-id", "org")
                .get("/probe/caller")
                .then()
                .statusCode(401);
    }

    @Test
    void overlongKeyIsUnauthorized() {
        given().header("x-api-key", "k".repeat(5_000))
                .get("/probe/caller")
                .then()
                .statusCode(401);
    }

    @Test
    void sessionWithoutAnOrganisationIsUnauthorized() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);

        given().header("x-session-token", caller.sessionToken())
                .get("/probe/caller")
                .then()
                .statusCode(401);
    }

    @Test
    void severalCredentialsAreABadRequest() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);

        for (RequestSpecification request : List.of(
                caller.withSession().header("x-api-key", "nonsense"),
                caller.withSession().header("x-api-key", caller.key()),
                caller.withApiKey().header("Authorization", "Bearer " + caller.key()),
                caller.withBearer().header("x-session-token", caller.sessionToken()),
                given().header("x-api-key", caller.key(), caller.key()),
                given().header("x-api-key", "", caller.key()))) {
            request.get("/probe/caller").then().statusCode(400).body("kind", equalTo("Malformed"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"%1$s,%1$s", "%1$s, other", "%1$s%%20", "%%6frg", "\"%1$s\"", "%1$s;q=1", "*", "../%1$s", " "})
    void sessionWithAnIdThatNoOrganisationHasIsForbidden(String format) {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        String id = format.formatted(caller.organization());

        given().header("x-session-token", caller.sessionToken())
                .header("x-organization-id", id)
                .get("/probe/caller")
                .then()
                .statusCode(403)
                .body("kind", equalTo("Forbidden"));
        given().header("x-session-token", "unknown")
                .header("x-organization-id", id)
                .get("/probe/caller")
                .then()
                .statusCode(401);
    }

    @Test
    void sessionWithSeveralOrganisationsIsForbidden() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);

        given().header("x-session-token", caller.sessionToken())
                .header("x-organization-id", caller.organization(), caller.organization())
                .get("/probe/caller")
                .then()
                .statusCode(403);
    }

    @Test
    void aRefusalSaysWhatToSend() {
        given().get("/probe/caller")
                .then()
                .statusCode(401)
                .header("WWW-Authenticate", "ApiKey header=\"x-api-key\", Bearer, Session header=\"x-session-token\"")
                .body(
                        "message",
                        equalTo("Missing or invalid credentials. Send an API key in x-api-key, or an API key as "
                                + "Authorization: Bearer, or a session in x-session-token and its organization in "
                                + "x-organization-id"));
    }

    @Test
    void keyWithoutThePermissionIsForbidden() {
        TestCaller caller = TestCaller.create(Permissions.APPS_READ);

        caller.withApiKey().get("/probe/caller").then().statusCode(403).body("kind", equalTo("Forbidden"));
    }

    @Test
    void endpointWithoutAnAnnotationIsForbidden() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);

        caller.withApiKey().get("/probe/forgotten").then().statusCode(403);
    }

    @Test
    void cachedKeyIsUnauthorizedOnceItExpires() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        caller.expireKeyAt(now.plusSeconds(60));

        clock.setTo(now.plusSeconds(59));
        caller.withApiKey().get("/probe/caller").then().statusCode(200);
        clock.setTo(now.plusSeconds(60));
        caller.withApiKey().get("/probe/caller").then().statusCode(401);
    }

    @Test
    void revokedKeyIsUnauthorizedWithinASecond() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        caller.withApiKey().get("/probe/caller").then().statusCode(200);

        caller.revokeKey();

        await().atMost(Duration.ofSeconds(1))
                .until(() -> caller.withApiKey().get("/probe/caller").statusCode() == 401);
    }

    @Test
    void revalidationRefusesARevokedCaller() {
        TestCaller revoked = TestCaller.create(Permissions.METRICS_READ);
        TestCaller untouched = TestCaller.create(Permissions.METRICS_READ);
        var byKey = watch(revoked, Mechanism.API_KEY, "id_" + revoked.key());
        var bySession = watch(revoked, Mechanism.SESSION, "id_" + revoked.sessionToken());
        var other = watch(untouched, Mechanism.BEARER, "id_" + untouched.key());
        assertTrue(byKey.holds() && bySession.holds() && other.holds());

        revoked.revokeKey();

        await().atMost(Duration.ofSeconds(1)).until(() -> !byKey.holds());
        assertTrue(bySession.holds() && other.holds());
        assertFalse(watch(untouched, Mechanism.SESSION, "id_" + revoked.sessionToken())
                .holds());
    }

    @Test
    void cachedSessionOpensNoOtherOrganisation() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        TestCaller other = TestCaller.create(Permissions.METRICS_READ);
        caller.withSession().get("/probe/caller").then().statusCode(200);

        given().header("x-session-token", caller.sessionToken())
                .header("x-organization-id", other.organization())
                .get("/probe/caller")
                .then()
                .statusCode(403);
    }

    @Test
    void revokedSessionIsUnauthorized() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        revokeSession(caller);

        caller.withSession().get("/probe/caller").then().statusCode(401);
    }

    @Test
    void revalidationRefusesARevokedSession() {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        revokeSession(caller);

        assertFalse(
                watch(caller, Mechanism.SESSION, "id_" + caller.sessionToken()).holds());
    }

    @Test
    void revalidationRefusesAnExpiredCaller() {
        Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        caller.expireKeyAt(now.plusSeconds(60));
        clock.setTo(now.plusSeconds(59));
        assertTrue(watch(caller, Mechanism.API_KEY, "id_" + caller.key()).holds());
        assertTrue(
                watch(caller, Mechanism.SESSION, "id_" + caller.sessionToken()).holds());

        clock.setTo(now.plusSeconds(60));
        assertFalse(watch(caller, Mechanism.API_KEY, "id_" + caller.key()).holds());
        clock.setTo(now.plus(2, ChronoUnit.DAYS));
        assertFalse(
                watch(caller, Mechanism.SESSION, "id_" + caller.sessionToken()).holds());
    }

    @Test
    void revalidationRefusesACallerWithoutThePermission() {
        TestCaller caller = TestCaller.create(Permissions.APPS_READ);

        assertFalse(watch(caller, Mechanism.API_KEY, "id_" + caller.key()).holds());
        assertFalse(
                watch(caller, Mechanism.SESSION, "id_" + caller.sessionToken()).holds());
    }

    private static void revokeSession(TestCaller caller) {
        Stores.inPostgres(connection -> {
            try (var revoke =
                    connection.prepareStatement("UPDATE sessions SET revoked_at = now() WHERE session_id = ?")) {
                revoke.setString(1, "id_" + caller.sessionToken());
                revoke.executeUpdate();
            }
        });
    }

    private CallerRevalidation.Watch watch(TestCaller caller, Mechanism mechanism, String credentialId) {
        return standing.watch(
                new Caller(caller.organization(), Set.of(Permissions.METRICS_READ), mechanism, credentialId));
    }
}
