package dev.quarry.schema.accounts;

import dev.quarry.schema.accounts.Outcome.Changed;
import dev.quarry.schema.accounts.Outcome.Issued;
import dev.quarry.schema.accounts.Outcome.Listed;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The commands for API keys. */
final class Keys {
    private static final Duration OVERLAP = Duration.ofHours(24);
    private static final String SELECT = "SELECT *, " + Database.STATE + " FROM api_keys ";

    private final Database database;

    /** A key without its secret. Times are ISO 8601 in UTC. */
    record Key(
            String keyId,
            String organizationId,
            String name,
            String prefix,
            List<String> permissions,
            String createdAt,
            String expiresAt,
            String state) {
        static Key read(ResultSet row) throws SQLException {
            return new Key(
                    row.getString("key_id"),
                    row.getString("organization_id"),
                    row.getString("name"),
                    row.getString("prefix"),
                    Database.texts(row, "permissions"),
                    Database.time(row, "created_at"),
                    Database.time(row, "expires_at"),
                    row.getString("state"));
        }
    }

    Keys(Database database) {
        this.database = database;
    }

    Outcome create(Arguments arguments) throws SQLException {
        database.requireOrganization(arguments.organization());
        return issue(arguments, arguments.organization(), arguments.families("--family", "all"));
    }

    Issued issue(Arguments arguments, String organization, Set<Family> families) throws SQLException {
        Secret secret = arguments.secret(Family.keyPrefix(families));
        Key key = insert(
                secret,
                organization,
                arguments.action() == Action.KEY_CREATE ? arguments.name("Key") : "First key",
                Family.permissions(families),
                arguments.expiry(Optional.empty()));
        database.record(Action.KEY_CREATE, key.keyId(), organization, describe(key));
        return new Issued(key, secret, "Key %s of %s: %s.".formatted(key.keyId(), organization, describe(key)));
    }

    private Key insert(
            Secret secret, String organization, String name, String[] permissions, Optional<Duration> validity)
            throws SQLException {
        return database.first(
                        Key::read,
                        """
                        INSERT INTO api_keys
                            (key_id, organization_id, name, prefix, key_sha256, permissions, expires_at)
                        VALUES (?, ?, ?, ?, ?, ?, now() + ?::interval)
                        ON CONFLICT (key_sha256) DO NOTHING
                        RETURNING *, 'valid' AS state
                        """,
                        UUID.randomUUID().toString(),
                        organization,
                        name,
                        secret.shownPrefix(),
                        secret.sha256(),
                        permissions,
                        validity.map(Duration::toString).orElse(null))
                .orElseThrow(() -> new RefusedException("This key exists already."));
    }

    Outcome list(Arguments arguments) throws SQLException {
        String organization = database.organizationToList(arguments);
        return new Listed(database.list(
                Key::read,
                SELECT + "WHERE ?::text IS NULL OR organization_id = ? ORDER BY organization_id, created_at, key_id",
                organization,
                organization));
    }

    /** The new key is valid as long as the old one was, unless {@code --expires} is given. */
    Outcome rotate(Arguments arguments) throws SQLException {
        // The organisation first, as in all commands: those that lock rows in another order could wait for each other.
        database.requireOrganization(database.first(
                        row -> row.getString(1),
                        "SELECT organization_id FROM api_keys WHERE key_id = ?",
                        arguments.id())
                .orElseThrow(() -> missing(arguments.id())));
        Key old = database.first(Key::read, SELECT + "WHERE key_id = ? FOR UPDATE", arguments.id())
                .orElseThrow(() -> missing(arguments.id()));
        if (!old.state().equals("valid")) {
            throw new RefusedException("The key %s is %s: create a new one.".formatted(old.keyId(), old.state()));
        }
        // Its expiry now is the end of the overlap, so the validity of a new key cannot be taken from it.
        if (database.exists(
                "SELECT FROM account_changes WHERE organization_id = ? AND kind = ? AND action = ? AND id = ?",
                old.organizationId(),
                Action.KEY_ROTATE.kind(),
                Action.KEY_ROTATE.verb(),
                old.keyId())) {
            throw new RefusedException("The key %s has been rotated already: rotate the newer key, or create a new one."
                    .formatted(old.keyId()));
        }
        Optional<Duration> validity = database.first(
                row -> Duration.ofSeconds(row.getLong(1)),
                "SELECT extract(epoch FROM expires_at - created_at)::bigint FROM api_keys WHERE key_id = ?"
                        + " AND expires_at IS NOT NULL",
                old.keyId());
        Secret secret = arguments.secret(Family.keyPrefixOf(old.permissions()));
        Key made = insert(
                secret,
                old.organizationId(),
                old.name(),
                old.permissions().toArray(String[]::new),
                arguments.expiry(validity));
        Duration overlap = arguments.overlap(OVERLAP);
        String end = database.first(row -> Database.time(row, "expires_at"), """
                        UPDATE api_keys SET expires_at = least(expires_at, now() + ?::interval)
                        WHERE key_id = ? RETURNING expires_at
                        """, overlap.toString(), old.keyId())
                .orElseThrow();
        database.record(
                Action.KEY_ROTATE,
                old.keyId(),
                old.organizationId(),
                "replaced by %s; expires %s".formatted(made.keyId(), end));
        database.record(Action.KEY_CREATE, made.keyId(), made.organizationId(), describe(made));
        return new Issued(
                made,
                secret,
                "Key %s of %s: %s. The old key %s works until %s."
                        .formatted(made.keyId(), made.organizationId(), describe(made), old.keyId(), end));
    }

    Outcome revoke(Arguments arguments) throws SQLException {
        return change(arguments, "revoked", """
                UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE key_id = ? RETURNING organization_id
                """);
    }

    Outcome delete(Arguments arguments) throws SQLException {
        return change(arguments, "deleted", "DELETE FROM api_keys WHERE key_id = ? RETURNING organization_id");
    }

    private Outcome change(Arguments arguments, String done, String sql) throws SQLException {
        String id = arguments.id();
        String organization = database.first(row -> row.getString(1), sql, id).orElseThrow(() -> missing(id));
        database.record(arguments.action(), id, organization, "");
        return Changed.of(arguments.action(), id, organization, "The key %s is %s.".formatted(id, done));
    }

    /** Revokes every key of an organisation, also the one that a rotation is about to make. */
    Outcome revokeAll(Arguments arguments) throws SQLException {
        database.lockOrganization(arguments.id());
        int revoked = database.update(
                "UPDATE api_keys SET revoked_at = now() WHERE organization_id = ? AND revoked_at IS NULL",
                arguments.id());
        database.record(arguments.action(), arguments.id(), arguments.id(), "%d keys".formatted(revoked));
        return Changed.of(
                arguments.action(),
                arguments.id(),
                arguments.id(),
                "Revoked %d keys of %s.".formatted(revoked, arguments.id()));
    }

    private static String describe(Key key) {
        return "%s, %s, %s"
                .formatted(
                        key.prefix() + "...",
                        String.join(" ", key.permissions()),
                        key.expiresAt() == null ? "never expires" : "expires " + key.expiresAt());
    }

    private static RefusedException missing(String id) {
        return new RefusedException("There is no key \"%s\": key list shows the ids.".formatted(id));
    }
}
