package dev.quarry.organizations;

import dev.quarry.caller.Permissions;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import io.restassured.response.ValidatableResponse;
import java.sql.PreparedStatement;

/** An organisation of a test's own, with somebody who may read its analytics. */
public record TestOrganization(TestCaller caller) {

    public static TestOrganization create() {
        return new TestOrganization(TestCaller.create(Permissions.ANALYTICS_READ));
    }

    public String id() {
        return caller.organization();
    }

    public void addWorkspace(String workspace) {
        execute("INSERT INTO workspaces (organization_id, workspace_id, name) VALUES (?, ?, 'Test')", id(), workspace);
    }

    /** The answer to a path below the organisation. */
    public ValidatableResponse read(String path) {
        return caller.withBearer().get("/v1/orgs/" + id() + path).then();
    }

    /** A statement on PostgreSQL with its values. */
    public static void execute(String sql, Object... values) {
        Stores.inPostgres(connection -> {
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                for (int i = 0; i < values.length; i++) {
                    statement.setObject(i + 1, values[i]);
                }
                statement.executeUpdate();
            }
        });
    }
}
