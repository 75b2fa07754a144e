package dev.quarry.schema.accounts;

import dev.quarry.schema.accounts.Outcome.Changed;
import dev.quarry.schema.accounts.Outcome.Listed;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The commands for apps. */
final class Apps {
    private final Database database;

    record App(String organizationId, String appId, String name, String createdAt) {
        static App read(ResultSet row) throws SQLException {
            return new App(
                    row.getString("organization_id"),
                    row.getString("app_id"),
                    row.getString("name"),
                    Database.time(row, "created_at"));
        }
    }

    Apps(Database database) {
        this.database = database;
    }

    Outcome create(Arguments arguments) throws SQLException {
        String id = arguments.newPlainId();
        database.requireOrganization(arguments.organization());
        int made = database.update(
                "INSERT INTO apps (organization_id, app_id, name) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                arguments.organization(),
                id,
                arguments.name(id));
        if (made == 0) {
            throw new RefusedException("The app \"%s\" exists already.".formatted(id));
        }
        database.record(arguments.action(), id, arguments.organization(), arguments.name(id));
        return Changed.of(
                arguments.action(),
                id,
                arguments.organization(),
                "Created the app %s of %s.".formatted(id, arguments.organization()));
    }

    Outcome list(Arguments arguments) throws SQLException {
        String organization = arguments.organization();
        if (organization != null) {
            database.requireOrganization(organization);
        }
        return new Listed(database.list(App::read, """
                SELECT * FROM apps WHERE ?::text IS NULL OR organization_id = ? ORDER BY organization_id, app_id
                """, organization, organization));
    }

    Outcome delete(Arguments arguments) throws SQLException {
        String id = arguments.id();
        String organization = arguments.organization();
        database.requireOrganization(organization);
        if (database.update("DELETE FROM apps WHERE organization_id = ? AND app_id = ?", organization, id) == 0) {
            throw new RefusedException("There is no app \"%s\" in %s.".formatted(id, organization));
        }
        database.record(arguments.action(), id, organization, "");
        return Changed.of(
                arguments.action(),
                id,
                organization,
                "The app %s is deleted. Its events are still stored: erase --organization=%s --app=%s deletes them."
                        .formatted(id, organization, id));
    }
}
