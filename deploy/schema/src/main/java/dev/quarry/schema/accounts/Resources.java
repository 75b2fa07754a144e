package dev.quarry.schema.accounts;

import dev.quarry.schema.accounts.Outcome.Changed;
import dev.quarry.schema.accounts.Outcome.Listed;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The commands for apps, or for workspaces: the resources that an organisation has. */
final class Resources {
    private final Database database;
    private final String noun;
    private final Database.Reader<? extends Record> reader;
    private final String insert;
    private final String select;
    private final String delete;

    record App(String organizationId, String appId, String name, String createdAt) {
        static App read(ResultSet row) throws SQLException {
            return new App(
                    row.getString("organization_id"),
                    row.getString("app_id"),
                    row.getString("name"),
                    Database.time(row, "created_at"));
        }
    }

    record Workspace(String organizationId, String workspaceId, String name, String createdAt) {
        static Workspace read(ResultSet row) throws SQLException {
            return new Workspace(
                    row.getString("organization_id"),
                    row.getString("workspace_id"),
                    row.getString("name"),
                    Database.time(row, "created_at"));
        }
    }

    private Resources(
            Database database,
            String noun,
            Database.Reader<? extends Record> reader,
            String insert,
            String select,
            String delete) {
        this.database = database;
        this.noun = noun;
        this.reader = reader;
        this.insert = insert;
        this.select = select;
        this.delete = delete;
    }

    static Resources apps(Database database) {
        return new Resources(
                database,
                "app",
                App::read,
                "INSERT INTO apps (organization_id, app_id, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                """
                SELECT * FROM apps WHERE ?::text IS NULL OR organization_id = ? ORDER BY organization_id, app_id
                """,
                "DELETE FROM apps WHERE organization_id = ? AND app_id = ?");
    }

    static Resources workspaces(Database database) {
        return new Resources(
                database,
                "workspace",
                Workspace::read,
                "INSERT INTO workspaces (organization_id, workspace_id, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                """
                SELECT * FROM workspaces WHERE ?::text IS NULL OR organization_id = ? ORDER BY organization_id, workspace_id
                """,
                "DELETE FROM workspaces WHERE organization_id = ? AND workspace_id = ?");
    }

    Outcome create(Arguments arguments) throws SQLException {
        String id = arguments.newPlainId();
        String organization = arguments.organization();
        database.requireOrganization(organization);
        String name = arguments.name(id);
        if (database.update(insert, organization, id, name) == 0) {
            throw new RefusedException("The %s \"%s\" exists already.".formatted(noun, id));
        }
        database.record(arguments.action(), id, organization, name);
        return Changed.of(
                arguments.action(), id, organization, "Created the %s %s of %s.".formatted(noun, id, organization));
    }

    Outcome list(Arguments arguments) throws SQLException {
        String organization = database.organizationToList(arguments);
        return new Listed(database.list(reader, select, organization, organization));
    }

    Outcome delete(Arguments arguments) throws SQLException {
        String id = arguments.id();
        String organization = arguments.organization();
        database.requireOrganization(organization);
        if (database.update(delete, organization, id) == 0) {
            throw new RefusedException("There is no %s \"%s\" in %s.".formatted(noun, id, organization));
        }
        database.record(arguments.action(), id, organization, "");
        return Changed.of(
                arguments.action(),
                id,
                organization,
                "The %s %s is deleted. Its events are still stored: erase --organization=%s --%s=%s deletes them."
                        .formatted(noun, id, organization, noun, id));
    }
}
