package dev.quarry.organizations;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.quarry.testing.StatementRecorder;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Queue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A service remembers that a workspace exists until PostgreSQL says that it is gone. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = StatementRecorder.class, restrictToAnnotatedClass = true)
class KnownWorkspacesTest {
    @StatementRecorder.ToPostgres
    Queue<String> toPostgres;

    private TestOrganization organization;

    @BeforeEach
    void create() {
        organization = TestOrganization.create();
        organization.addWorkspace("research");
    }

    @ParameterizedTest
    @ValueSource(strings = {"executions", "executions?hours=5", "executions/hourly", "executions/daily"})
    void deletedWorkspaceIsNotFound(String metric) {
        String path = "/workspaces/research/analytics/" + metric;
        organization.read(path).statusCode(200);
        organization.read(path).statusCode(200);

        TestOrganization.execute("DELETE FROM workspaces WHERE organization_id = ?", organization.id());

        await().untilAsserted(
                        () -> organization.read(path).statusCode(404).body("error", equalTo("RESOURCE_NOT_FOUND")));
    }

    @Test
    void workspaceWithAnotherIdIsNotFoundUnderItsOldOne() {
        String path = "/workspaces/research/analytics/executions";
        organization.read(path).statusCode(200);
        organization.read(path).statusCode(200);

        TestOrganization.execute(
                "UPDATE workspaces SET workspace_id = 'renamed' WHERE organization_id = ?", organization.id());

        await().untilAsserted(() -> organization.read(path).statusCode(404));
        organization.read("/workspaces/renamed/analytics/executions").statusCode(200);
    }

    @Test
    void newWorkspaceIsFoundAtOnce() {
        String path = "/workspaces/new/analytics/executions";
        organization.read(path).statusCode(404);
        organization.read(path).statusCode(404);

        organization.addWorkspace("new");

        organization.read(path).statusCode(200);
    }

    @Test
    void workspaceOfAnotherOrganizationIsNotKnown() {
        organization.read("/workspaces/research/analytics/executions").statusCode(200);
        TestOrganization other = TestOrganization.create();

        other.read("/workspaces/research/analytics/executions").statusCode(404);
    }

    @Test
    void knownWorkspaceIsNotAskedFor() {
        await().until(() -> {
            organization
                    .read("/workspaces/research/analytics/executions?days=3")
                    .statusCode(200);
            toPostgres.clear();
            organization
                    .read("/workspaces/research/analytics/executions?days=4")
                    .statusCode(200);
            return toPostgres.stream().noneMatch(sql -> sql.contains("FROM workspaces"));
        });
    }
}
