package dev.quarry.organizations;

import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.testing.StatementRecorder;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestEngine;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.ValidatableResponse;
import java.sql.Statement;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An answer that needs both stores asks them at the same time. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = StatementRecorder.class, restrictToAnnotatedClass = true)
class BothStoresTest {
    @StatementRecorder.ToClickHouse
    Queue<String> toClickHouse;

    private TestOrganization organization;

    @BeforeEach
    void create() {
        organization = TestOrganization.create();
        organization.addWorkspace("research");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/analytics",
                "/analytics?workspace_id=research",
                "/workspaces/research/analytics",
                "/workspaces/research/analytics/executions",
                "/workspaces/research/analytics/executions/hourly",
                "/workspaces/research/analytics/executions/daily"
            })
    void clickHouseIsAskedWhilePostgresIsBusy(String path) {
        // Makes the key known, by a route that no cache answers. The route of this test has not been asked yet.
        organization.read("/analytics").statusCode(200);
        Stores.inPostgres(connection -> {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("LOCK TABLE workspaces IN ACCESS EXCLUSIVE MODE");
                toClickHouse.clear();
                var answer = CompletableFuture.supplyAsync(() -> organization.read(path));
                await().until(() -> toClickHouse.stream().anyMatch(sql -> sql.contains("execution_counts")));
                assertFalse(answer.isDone());
                connection.rollback();
                answer.join().statusCode(200);
            }
        });
    }

    @Test
    void unknownWorkspaceIsNotFoundEvenIfClickHouseIsAway() {
        assumeTrue(TestEngine.isOurs());
        organization.read("/workspaces/research/analytics").statusCode(200);
        TestEngine.kill();
        try {
            for (String path :
                    new String[] {"/workspaces/unknown/analytics", "/workspaces/unknown/analytics/executions"}) {
                ValidatableResponse answer = organization.read(path);
                answer.statusCode(404).body("error", equalTo("RESOURCE_NOT_FOUND"));
            }
        } finally {
            TestEngine.restart();
        }
    }
}
