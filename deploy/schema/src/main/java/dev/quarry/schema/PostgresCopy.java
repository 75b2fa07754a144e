package dev.quarry.schema;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * Copies the rows of all tables of Quarry's PostgreSQL schema to files, and back. It needs no superuser and no {@code
 * pg_dump}. The tables themselves come from the migrations.
 */
final class PostgresCopy {
    private static final String SUFFIX = ".copy.gz";

    private PostgresCopy() {}

    /**
     * Writes a file for each table, all at one moment.
     *
     * @param directory exists and is empty
     * @return the number of rows by table
     */
    static SortedMap<String, Long> dump(Connection connection, Path directory) throws SQLException, IOException {
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        connection.setReadOnly(true);
        connection.setAutoCommit(false);
        SortedMap<String, Long> rows = new TreeMap<>();
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        for (String table : tables(connection)) {
            try (OutputStream out = new GZIPOutputStream(
                    new BufferedOutputStream(Files.newOutputStream(directory.resolve(table + SUFFIX))))) {
                rows.put(
                        table,
                        copy.copyOut(
                                "COPY %s (%s) TO STDOUT"
                                        .formatted(quoted(table), String.join(", ", columns(connection, table))),
                                out));
            }
        }
        connection.rollback();
        return rows;
    }

    /**
     * Replaces the rows of all tables in one transaction. The tables must be those of the version that was dumped.
     *
     * @param rows the number of rows by table; another number is an error
     */
    static void load(Connection connection, Path directory, Map<String, Long> rows) throws SQLException, IOException {
        connection.setAutoCommit(false);
        List<String> tables = tables(connection);
        if (!rows.keySet().equals(Set.copyOf(tables))) {
            throw new MigrationException("The backup has other PostgreSQL tables than its version of the schema.");
        }
        CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
        try (Statement statement = connection.createStatement()) {
            statement.execute("TRUNCATE "
                    + String.join(
                            ", ", tables.stream().map(PostgresCopy::quoted).toList()));
            for (String table : parentsFirst(connection, tables)) {
                // Triggers have already written what follows from these rows.
                statement.execute("ALTER TABLE %s DISABLE TRIGGER USER".formatted(quoted(table)));
                try (InputStream in = new GZIPInputStream(
                        new BufferedInputStream(Files.newInputStream(directory.resolve(table + SUFFIX))))) {
                    long loaded = copy.copyIn(
                            "COPY %s (%s) FROM STDIN"
                                    .formatted(quoted(table), String.join(", ", columns(connection, table))),
                            in);
                    if (loaded != rows.get(table)) {
                        throw new MigrationException("The backup of %s is damaged: it has %d rows, not %d."
                                .formatted(table, loaded, rows.get(table)));
                    }
                }
                statement.execute("ALTER TABLE %s ENABLE TRIGGER USER".formatted(quoted(table)));
                continueIdentities(connection, statement, table);
            }
        }
        connection.commit();
    }

    private static List<String> tables(Connection connection) throws SQLException {
        return texts(connection, """
                SELECT relname FROM pg_class
                WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r' AND relname <> 'flyway_schema_history'
                ORDER BY relname
                """);
    }

    /** Without generated columns, as quoted identifiers. */
    private static List<String> columns(Connection connection, String table) throws SQLException {
        return texts(connection, """
                SELECT quote_ident(attname) FROM pg_attribute
                WHERE attrelid = quote_ident(?)::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
                ORDER BY attnum
                """, table);
    }

    private static void continueIdentities(Connection connection, Statement statement, String table)
            throws SQLException {
        for (String column : texts(connection, """
                SELECT attname FROM pg_attribute
                WHERE attrelid = quote_ident(?)::regclass AND attidentity <> '' AND NOT attisdropped
                """, table)) {
            statement.execute(
                    "SELECT setval(pg_get_serial_sequence('%s', '%s'), coalesce(max(%s), 0) + 1, false) FROM %s"
                            .formatted(quoted(table), column, quoted(column), quoted(table)));
        }
    }

    /** A row may refer to a row of another table, which must be there first. */
    private static List<String> parentsFirst(Connection connection, List<String> tables) throws SQLException {
        Map<String, Set<String>> parents = new HashMap<>();
        for (String table : tables) {
            parents.put(table, new HashSet<>(texts(connection, """
                    SELECT parent.relname FROM pg_constraint JOIN pg_class AS parent ON parent.oid = confrelid
                    WHERE contype = 'f' AND conrelid = quote_ident(?)::regclass AND confrelid <> conrelid
                    """, table)));
        }
        List<String> ordered = new ArrayList<>();
        while (ordered.size() < tables.size()) {
            List<String> ready = tables.stream()
                    .filter(table -> !ordered.contains(table) && ordered.containsAll(parents.get(table)))
                    .toList();
            if (ready.isEmpty()) {
                throw new IllegalStateException("Tables of PostgreSQL refer to each other in a circle");
            }
            ordered.addAll(ready);
        }
        return ordered;
    }

    private static List<String> texts(Connection connection, String sql, String... parameters) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (var query = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                query.setString(i + 1, parameters[i]);
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    texts.add(rows.getString(1));
                }
            }
        }
        return texts;
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
