package dev.quarry.schema.accounts;

import dev.quarry.schema.UsageException;
import dev.quarry.schema.accounts.Outcome.Changed;
import dev.quarry.schema.accounts.Outcome.Issued;
import dev.quarry.schema.accounts.Outcome.Listed;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The commands for organisations. */
final class Organizations {
    private final Database database;
    private final Keys keys;

    /** @param validKeys the number of its keys that are neither revoked nor expired */
    record Organization(String organizationId, String name, String createdAt, long validKeys) {
        static Organization read(ResultSet row) throws SQLException {
            return new Organization(
                    row.getString("organization_id"),
                    row.getString("name"),
                    Database.time(row, "created_at"),
                    row.getLong("valid_keys"));
        }
    }

    Organizations(Database database, Keys keys) {
        this.database = database;
        this.keys = keys;
    }

    /** With {@code --key}, also its first key. */
    Outcome create(Arguments arguments) throws SQLException {
        String id = arguments.newPlainId();
        if (arguments.option("--key").isEmpty()
                && (arguments.option("--expires").isPresent()
                        || arguments.option("--secret-file").isPresent())) {
            throw new UsageException("--expires and --secret-file need --key=FAMILIES.");
        }
        int made = database.update(
                "INSERT INTO organizations (organization_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
                id,
                arguments.name(id));
        if (made == 0) {
            throw new RefusedException("The organization \"%s\" exists already.".formatted(id));
        }
        database.record(arguments.action(), id, id, arguments.name(id));
        if (arguments.option("--key").isEmpty()) {
            return Changed.of(arguments.action(), id, id, "Created the organization %s.".formatted(id));
        }
        Issued issued = keys.issue(arguments, id, arguments.families("--key", ""));
        return new Issued(
                issued.credential(),
                issued.secret(),
                "Created the organization %s. %s".formatted(id, issued.message()));
    }

    Outcome list() throws SQLException {
        return new Listed(database.list(Organization::read, """
                SELECT organizations.*, (
                    SELECT count(*) FROM api_keys
                    WHERE api_keys.organization_id = organizations.organization_id AND revoked_at IS NULL
                        AND (expires_at IS NULL OR expires_at > now())
                ) AS valid_keys
                FROM organizations ORDER BY organization_id
                """));
    }

    Outcome delete(Arguments arguments) throws SQLException {
        String id = arguments.id();
        if (database.update("DELETE FROM organizations WHERE organization_id = ?", id) == 0) {
            throw new RefusedException("There is no organization \"%s\".".formatted(id));
        }
        database.record(arguments.action(), id, id, "");
        return Changed.of(
                arguments.action(),
                id,
                id,
                "The organization %s is deleted. Its events are still stored: erase --organization=%s deletes them."
                        .formatted(id, id));
    }
}
