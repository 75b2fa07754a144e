package dev.quarry.schema.accounts;

import dev.quarry.schema.accounts.Outcome.Changed;
import dev.quarry.schema.accounts.Outcome.Listed;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The commands for workspaces. */
final class Workspaces {
    private final Database database;

    record Workspace(String organizationId, String workspaceId, String name, String createdAt) {
        static Workspace read(ResultSet row) throws SQLException {
            return new Workspace(
                    row.getString("organization_id"),
                    row.getString("workspace_id"),
                    row.getString("name"),
                    Database.time(row, "created_at"));
        }
    }

    Workspaces(Database database) {
        this.database = database;
    }

    Outcome create(Arguments arguments) throws SQLException {
        String id = arguments.newPlainId();
        database.requireOrganization(arguments.organization());
        int made = database.update(
                "INSERT INTO workspaces (organization_id, workspace_id, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments.organization(),
                id,
                arguments.name(id));
        if (made == 0) {
            throw new RefusedException("The workspace \"%s\" exists already.".formatted(id));
        }
        database.record(arguments.action(), id, arguments.organization(), arguments.name(id));
        return Changed.of(
                arguments.action(),
                id,
                arguments.organization(),
                "Created the workspace %s of %s.".formatted(id, arguments.organization()));
    }

    Outcome list(Arguments arguments) throws SQLException {
        String organization = arguments.organization();
        if (organization != null) {
            database.requireOrganization(organization);
        }
        return new Listed(database.list(Workspace::read, """
                SELECT * FROM workspaces WHERE ?::text IS NULL OR organization_id = ? ORDER BY organization_id, workspace_id
                """, organization, organization));
    }

    Outcome delete(Arguments arguments) throws SQLException {
        String id = arguments.id();
        String organization = arguments.organization();
        database.requireOrganization(organization);
        if (database.update("DELETE FROM workspaces WHERE organization_id = ? AND workspace_id = ?", organization, id)
                == 0) {
            throw new RefusedException("There is no workspace \"%s\" in %s.".formatted(id, organization));
        }
        database.record(arguments.action(), id, organization, "");
        return Changed.of(
                arguments.action(),
                id,
                organization,
                "The workspace %s is deleted. Its events are still stored: erase --organization=%s --workspace=%s deletes them."
                        .formatted(id, organization, id));
    }
}
