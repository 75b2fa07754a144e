package dev.quarry.schema.accounts;

import dev.quarry.schema.UsageException;
import dev.quarry.schema.accounts.Outcome.Changed;
import dev.quarry.schema.accounts.Outcome.Issued;
import dev.quarry.schema.accounts.Outcome.Listed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The commands for dashboard sessions: a person's credential, which may be in a browser. */
final class Sessions {
    private static final String PREFIX = "session_";
    private static final Duration VALIDITY = Duration.ofHours(12);
    private static final Duration LONGEST_VALIDITY = Duration.ofDays(30);

    private final Database database;

    /**
     * A session without its token. Times are ISO 8601 in UTC.
     *
     * @param permissionLimit of its user's permissions, those that it has; null if it has all
     */
    record Session(
            String sessionId,
            String userId,
            List<String> permissionLimit,
            String createdAt,
            String expiresAt,
            String state) {
        static Session read(ResultSet row) throws SQLException {
            return new Session(
                    row.getString("session_id"),
                    row.getString("user_id"),
                    Database.texts(row, "permission_limit"),
                    Database.time(row, "created_at"),
                    Database.time(row, "expires_at"),
                    row.getString("state"));
        }
    }

    Sessions(Database database) {
        this.database = database;
    }

    Outcome create(Arguments arguments) throws SQLException {
        String user = arguments.option("--user").orElseThrow();
        Duration validity = arguments
                .expiry(Optional.of(VALIDITY))
                .filter(time -> time.compareTo(LONGEST_VALIDITY) <= 0)
                .orElseThrow(() -> new UsageException("A session lasts at most 30d."));
        String[] permissions = Family.permissions(arguments.families("--family", "metrics"));
        if (!database.exists("SELECT FROM users WHERE user_id = ? FOR KEY SHARE", user)) {
            throw new RefusedException(
                    "There is no user \"%s\": member create adds one to an organization.".formatted(user));
        }
        if (!database.exists("SELECT FROM members WHERE user_id = ? AND permissions && ?::text[]", user, permissions)) {
            throw new RefusedException("The user \"%s\" has none of these permissions in any organization: %s."
                    .formatted(user, String.join(" ", permissions)));
        }
        Secret secret = arguments.secret(PREFIX);
        Session session = database.first(
                        Session::read,
                        """
                        INSERT INTO sessions (session_id, user_id, token_sha256, expires_at, permission_limit)
                        VALUES (?, ?, ?, now() + ?::interval, ?)
                        ON CONFLICT (token_sha256) DO NOTHING
                        RETURNING *, 'valid' AS state
                        """,
                        UUID.randomUUID().toString(),
                        user,
                        secret.sha256(),
                        validity.toString(),
                        permissions)
                .orElseThrow(() -> new RefusedException("This session exists already."));
        String description = "%s, expires %s".formatted(String.join(" ", permissions), session.expiresAt());
        database.record(arguments.action(), session.sessionId(), "", "of %s: %s".formatted(user, description));
        return new Issued(session, secret, "Session %s of %s: %s.".formatted(session.sessionId(), user, description));
    }

    Outcome list(Arguments arguments) throws SQLException {
        String user = arguments.option("--user").orElse(null);
        return new Listed(database.list(
                Session::read,
                "SELECT *, " + Database.STATE
                        + " FROM sessions WHERE ?::text IS NULL OR user_id = ? ORDER BY created_at, session_id",
                user,
                user));
    }

    Outcome revoke(Arguments arguments) throws SQLException {
        return change(arguments, "revoked", """
                UPDATE sessions SET revoked_at = coalesce(revoked_at, now()) WHERE session_id = ? RETURNING user_id
                """);
    }

    Outcome delete(Arguments arguments) throws SQLException {
        return change(arguments, "deleted", "DELETE FROM sessions WHERE session_id = ? RETURNING user_id");
    }

    private Outcome change(Arguments arguments, String done, String sql) throws SQLException {
        String id = arguments.id();
        String user = database.first(row -> row.getString(1), sql, id)
                .orElseThrow(() ->
                        new RefusedException("There is no session \"%s\": session list shows the ids.".formatted(id)));
        database.record(arguments.action(), id, "", "of " + user);
        return Changed.of(arguments.action(), id, null, "The session %s is %s.".formatted(id, done));
    }
}
