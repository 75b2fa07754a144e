package dev.quarry.organizations;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasKey;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Contract;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.specification.RequestSpecification;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every route for everybody who may ask: what each is told, and that it is told in the published shape. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {
    private static final Contract CONTRACT = Contract.ofResource("/contract.json");

    static List<Route> routes() {
        return Route.all();
    }

    /** Made once, for the tests that leave it as it is. */
    private TestOrganization organization;

    @BeforeAll
    void create() {
        organization = organizationWithEverything();
    }

    private static TestOrganization organizationWithEverything() {
        TestOrganization organization = TestOrganization.create();
        organization.addWorkspace(Route.WORKSPACE);
        TestOrganization.execute(
                "INSERT INTO workspace_apps VALUES (?, ?, ?)", organization.id(), Route.WORKSPACE, Route.APP);
        TestOrganization.execute(
                "INSERT INTO namespaces VALUES (?, ?, ?)", organization.id(), Route.WORKSPACE, Route.NAMESPACE);
        return organization;
    }

    private static void check(
            RequestSpecification request, TestOrganization organization, Route route, int status, String schema) {
        String body = request.get("/v1/orgs/" + organization.id() + route.path())
                .then()
                .statusCode(status)
                .contentType("application/json")
                .extract()
                .asString();
        CONTRACT.check(schema, body);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void answersCallersWithThePermission(Route route) {
        check(organization.caller().withBearer(), organization, route, 200, route.schema());
    }

    @ParameterizedTest
    @MethodSource("routes")
    void authenticationComesBeforeValidation(Route route) {
        TestCaller expired = TestOrganization.create().caller();
        expired.expireKeyAt(Instant.now().minusSeconds(1));
        TestCaller revoked = TestOrganization.create().caller();
        revoked.revokeKey();

        check(given(), organization, route, 401, "AuthenticationError");
        check(given().header("Authorization", "Bearer nonsense"), organization, route, 401, "AuthenticationError");
        check(given().header("Authorization", "Basic bm9uc2Vuc2U="), organization, route, 401, "AuthenticationError");
        check(expired.withBearer(), organization, route, 401, "AuthenticationError");
        check(revoked.withBearer(), organization, route, 401, "AuthenticationError");
        // Good keys, but this family does not take them this way.
        check(organization.caller().withApiKey(), organization, route, 401, "AuthenticationError");
        check(organization.caller().withSession(), organization, route, 401, "AuthenticationError");
    }

    @Test
    void revokedKeyIsUnauthorizedAfterItWasUsed() {
        TestOrganization organization = organizationWithEverything();
        TestCaller caller = organization.caller();
        Route.all().forEach(route -> check(caller.withBearer(), organization, route, 200, route.schema()));

        caller.revokeKey();

        String first = "/v1/orgs/" + organization.id() + "/analytics";
        await().until(() -> caller.withBearer().get(first).statusCode() == 401);
        Route.all().forEach(route -> check(caller.withBearer(), organization, route, 401, "AuthenticationError"));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void anotherOrganisationIsNotFound(Route route) {
        RequestSpecification stranger = TestOrganization.create().caller().withBearer();

        check(stranger, organization, route, 404, "NotFoundError");
        // In the words in which it is told that there is no such organisation.
        stranger.get("/v1/orgs/" + organization.id() + route.path())
                .then()
                .body("message", equalTo("The requested resource was not found"))
                .body("details.resource_id", equalTo(organization.id()));
        stranger.get("/v1/orgs/none" + route.path())
                .then()
                .statusCode(404)
                .body("message", equalTo("The requested resource was not found"))
                .body("details.resource_id", equalTo("none"));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void callersWithoutThePermissionAreForbidden(Route route) {
        TestCaller caller = TestCaller.create(Permissions.METRICS_READ);
        TestOrganization own = new TestOrganization(caller);
        own.addWorkspace(Route.WORKSPACE);

        check(caller.withBearer(), own, route, 403, "ForbiddenError");
        caller.withBearer()
                .get("/v1/orgs/" + own.id() + route.path())
                .then()
                .body("message", equalTo("You don't have permission to perform this action"))
                .body("details.required_permission", equalTo("analytics:read"));
        // It learns as little about what is not its own, whether or not that is there.
        check(caller.withBearer(), organization, route, 403, "ForbiddenError");
    }

    @Test
    void notFoundNamesTheMissingResource() {
        TestOrganization organization = organizationWithEverything();
        TestOrganization other = TestOrganization.create();
        other.addWorkspace("theirs");
        TestOrganization.execute("INSERT INTO workspace_apps VALUES (?, 'theirs', 'their-app')", other.id());
        organization.addWorkspace("second");
        TestOrganization.execute("INSERT INTO workspace_apps VALUES (?, 'second', 'elsewhere')", organization.id());

        missing(organization, "/analytics?workspace_id=theirs", "workspace", "theirs");
        missing(organization, "/analytics?workspace_id=", "workspace", "");
        for (Route route : Route.all()) {
            if (route.path().startsWith("/workspaces/main")) {
                String path = route.path().replace("/workspaces/main", "/workspaces/theirs");
                missing(organization, path, "workspace", "theirs");
            }
        }
        organization
                .caller()
                .withBearer()
                .urlEncodingEnabled(false)
                .get("/v1/orgs/" + organization.id() + "/workspaces/a%00b/analytics")
                .then()
                .statusCode(404)
                .body("details.resource_id", equalTo("a\0b"));
        missing(organization, "/workspaces/main/apps/their-app/analytics", "app", "their-app");
        missing(organization, "/workspaces/main/apps/elsewhere/analytics", "app", "elsewhere");
        missing(organization, "/workspaces/main/apps/namespace/analytics", "app", "namespace");
        missing(organization, "/workspaces/main/namespaces/app/analytics", "namespace", "app");
        missing(organization, "/workspaces/main/namespaces/';--/analytics", "namespace", "';--");
    }

    private static void missing(TestOrganization organization, String path, String type, String id) {
        organization
                .read(path)
                .statusCode(404)
                .body("error", equalTo("RESOURCE_NOT_FOUND"))
                .body("message", equalTo("The requested resource was not found"))
                .body("details.resource_type", equalTo(type))
                .body("details.resource_id", equalTo(id));
    }

    @Test
    void violationsHaveTheMessagesOfPydantic() {
        String body = organization
                .read("/workspaces/main/analytics/executions/hourly?hours=1.5")
                .statusCode(422)
                .extract()
                .asString();
        CONTRACT.check("HTTPValidationError", body);
    }

    /** {@link dev.quarry.testing.DocumentedAnswers} validates each answer. */
    @Test
    void comparedAnswersAreDocumented() {
        for (String path : List.of("?days=1", "?hours=2", "/hourly?hours=2", "/daily?days=2")) {
            organization
                    .read("/workspaces/main/analytics/executions" + path + "&include=previous")
                    .statusCode(200)
                    .body("$", hasKey("previous"));
        }
    }
}
