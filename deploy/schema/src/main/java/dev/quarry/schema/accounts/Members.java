package dev.quarry.schema.accounts;

import dev.quarry.schema.accounts.Outcome.Changed;
import dev.quarry.schema.accounts.Outcome.Listed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** The commands for members. A user exists from the first membership on. */
final class Members {
    private final Database database;

    record Member(String organizationId, String userId, String email, List<String> permissions, String createdAt) {
        static Member read(ResultSet row) throws SQLException {
            return new Member(
                    row.getString("organization_id"),
                    row.getString("user_id"),
                    row.getString("email"),
                    Database.texts(row, "permissions"),
                    Database.time(row, "created_at"));
        }
    }

    Members(Database database) {
        this.database = database;
    }

    Outcome create(Arguments arguments) throws SQLException {
        String user = arguments.newUserId();
        String organization = arguments.organization();
        database.requireOrganization(organization);
        String email = arguments.option("--email").orElse(null);
        database.update("""
                INSERT INTO users (user_id, email) VALUES (?, ?)
                ON CONFLICT (user_id) DO UPDATE SET email = coalesce(EXCLUDED.email, users.email)
                """, user, email);
        String[] permissions = Family.permissions(arguments.families("--family", "all"));
        int made = database.update("""
                INSERT INTO members (organization_id, user_id, permissions) VALUES (?, ?, ?) ON CONFLICT DO NOTHING
                """, organization, user, permissions);
        if (made == 0) {
            throw new RefusedException("The user \"%s\" is a member of %s already.".formatted(user, organization));
        }
        database.record(arguments.action(), user, organization, String.join(" ", permissions));
        return Changed.of(
                arguments.action(),
                user,
                organization,
                "The user %s is a member of %s: %s.".formatted(user, organization, String.join(" ", permissions)));
    }

    Outcome list(Arguments arguments) throws SQLException {
        String organization = database.organizationToList(arguments);
        return new Listed(database.list(Member::read, """
                SELECT members.*, email FROM members JOIN users USING (user_id)
                WHERE ?::text IS NULL OR organization_id = ?
                ORDER BY organization_id, user_id
                """, organization, organization));
    }

    /** Revokes all sessions of a user. */
    Outcome revoke(Arguments arguments) throws SQLException {
        String user = arguments.id();
        if (!database.exists("SELECT FROM users WHERE user_id = ?", user)) {
            throw new RefusedException("There is no user \"%s\".".formatted(user));
        }
        int revoked = database.update(
                "UPDATE sessions SET revoked_at = now() WHERE user_id = ? AND revoked_at IS NULL", user);
        database.record(arguments.action(), user, "", "%d sessions".formatted(revoked));
        return Changed.of(arguments.action(), user, null, "Revoked %d sessions of %s.".formatted(revoked, user));
    }

    Outcome delete(Arguments arguments) throws SQLException {
        String user = arguments.id();
        String organization = arguments.organization();
        database.requireOrganization(organization);
        if (database.update("DELETE FROM members WHERE organization_id = ? AND user_id = ?", organization, user) == 0) {
            throw new RefusedException("The user \"%s\" is not a member of %s.".formatted(user, organization));
        }
        database.record(arguments.action(), user, organization, "");
        return Changed.of(
                arguments.action(),
                user,
                organization,
                "The user %s is no longer a member of %s.".formatted(user, organization));
    }
}
