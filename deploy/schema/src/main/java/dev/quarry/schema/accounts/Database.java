package dev.quarry.schema.accounts;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Statements of one transaction. Every value is bound. */
final class Database {
    /** The column {@code state} of a key or a session. */
    static final String STATE = """
            CASE WHEN revoked_at IS NOT NULL THEN 'revoked' WHEN expires_at <= now() THEN 'expired' ELSE 'valid' END
              AS state""";

    private final Connection connection;
    private final String actor;

    /** Reads one row. */
    interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /** @param actor who makes the changes */
    Database(Connection connection, String actor) {
        this.connection = connection;
        this.actor = actor;
    }

    /** {@return the number of rows changed} */
    int update(String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values)) {
            return statement.executeUpdate();
        }
    }

    <T> List<T> list(Reader<T> reader, String sql, Object... values) throws SQLException {
        try (PreparedStatement statement = prepare(sql, values);
                ResultSet rows = statement.executeQuery()) {
            List<T> found = new ArrayList<>();
            while (rows.next()) {
                found.add(reader.read(rows));
            }
            return found;
        }
    }

    <T> Optional<T> first(Reader<T> reader, String sql, Object... values) throws SQLException {
        return list(reader, sql, values).stream().findFirst();
    }

    /** {@return whether the query finds a row} */
    boolean exists(String sql, Object... values) throws SQLException {
        return first(row -> true, sql, values).isPresent();
    }

    /**
     * Records a change.
     *
     * @param organization empty if the change concerns no single organisation
     * @param details what was created or changed, without secrets
     */
    void record(Action action, String id, String organization, String details) throws SQLException {
        update("""
                INSERT INTO account_changes (actor, kind, action, id, organization_id, details)
                VALUES (?, ?, ?, ?, nullif(?, ''), ?)
                """, actor, action.kind(), action.verb(), id, organization, details);
    }

    /** Locks the organisation against deletion until the end of the transaction. */
    void requireOrganization(String id) throws SQLException {
        require(exists("SELECT FROM organizations WHERE organization_id = ? FOR KEY SHARE", id), id);
    }

    /** As {@link #requireOrganization}, and waits until no other transaction gives the organisation a key. */
    void lockOrganization(String id) throws SQLException {
        require(exists("SELECT FROM organizations WHERE organization_id = ? FOR UPDATE", id), id);
    }

    private static void require(boolean exists, String organization) {
        if (!exists) {
            throw new RefusedException("There is no organization \"%s\".".formatted(organization));
        }
    }

    /** {@return the organisation whose rows a command lists, which exists; null for those of all} */
    String organizationToList(Arguments arguments) throws SQLException {
        String organization = arguments.organization();
        if (organization != null) {
            requireOrganization(organization);
        }
        return organization;
    }

    private PreparedStatement prepare(String sql, Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int index = 0; index < values.length; index++) {
            statement.setObject(index + 1, values[index]);
        }
        return statement;
    }

    /** {@return the time as ISO 8601 in UTC, or null} */
    static String time(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null
                ? null
                : Instant.from(time.withOffsetSameInstant(ZoneOffset.UTC)).toString();
    }

    static List<String> texts(ResultSet row, String column) throws SQLException {
        return row.getArray(column) == null
                ? null
                : List.of((String[]) row.getArray(column).getArray());
    }
}
