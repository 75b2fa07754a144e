package dev.quarry.schema;

import com.clickhouse.client.api.ClickHouseException;
import com.clickhouse.client.api.Client;
import com.clickhouse.client.api.query.GenericRecord;
import dev.quarry.schema.BronzeTable.Buckets;
import dev.quarry.schema.Erasure.Before;
import dev.quarry.schema.Erasure.Everything;
import dev.quarry.schema.Erasure.OfApp;
import dev.quarry.schema.Erasure.OfUser;
import dev.quarry.schema.Erasure.OfWorkspace;
import dev.quarry.schema.Erasure.OneEvent;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Gatherers;

/**
 * Erases events of an organisation: deletes them from bronze and its copies, and marks every bucket of silver and gold
 * that lost an event, so that the rollup job rebuilds it. ClickHouse rewrites the files, so rows are deleted and not
 * only hidden.
 *
 * <p>You may kill it at any point and run it again. It records buckets in PostgreSQL before it deletes their events, and
 * deletes the record once it has requested their rebuild.
 */
public final class Eraser implements AutoCloseable {
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    /** Buckets are parameters in a statement's URL, which has a maximum length. */
    private static final int BUCKETS_A_STATEMENT = 1_000;
    /** The lock of the job that writes users and cohorts; dev.quarry.rollup.AdvisoryLock takes it. */
    private static final String ROLLUP_OF_USERS = "quarry.rollup.events";

    private final Erasure erasure;
    private final ClickHouseAddress address;
    private final Client client;
    private final ClickHouseStatements clickHouse;
    private final Mutations mutations;
    private final Connection postgres;

    /** @throws MigrationException if PostgreSQL cannot be reached, or a backup runs */
    public Eraser(Erasure erasure, ClickHouseAddress clickHouse, PostgresAddress postgres) {
        this.erasure = erasure;
        this.address = clickHouse;
        this.postgres = connection(postgres);
        this.client = clickHouse.open();
        this.clickHouse = new ClickHouseStatements(client);
        this.mutations = new Mutations(this.clickHouse, clickHouse);
    }

    private static Connection connection(PostgresAddress postgres) {
        try {
            Connection connection = postgres.open();
            try {
                BackupLock.takeForErasure(connection);
                return connection;
            } catch (SQLException | MigrationException refused) {
                connection.close();
                throw refused;
            }
        } catch (SQLException unreachable) {
            throw failure(unreachable);
        }
    }

    /**
     * Deletes the events from bronze and its copies, and requests the rebuild of their buckets.
     *
     * @return the number of erased events by bronze table, without tables that had none; a redelivered event counts once
     * @throws MigrationException if a store refuses
     */
    public Map<String, Long> delete() {
        try {
            lock();
            Map<String, Long> erased = new LinkedHashMap<>();
            for (BronzeTable table : erasure.tables()) {
                long found = count(table);
                note(table);
                delete(table.name(), erasure.condition(table.time()));
                for (String copy : table.copies()) {
                    delete(copy, erasure.condition(table.time()));
                }
                if (found > 0) {
                    erased.put(table.name(), found);
                }
            }
            askForRebuilds();
            announce();
            unlock();
            return erased;
        } catch (ClickHouseException | SQLException refused) {
            throw failure(refused);
        }
    }

    /**
     * Counts the organisation's buckets that still wait for their rebuild.
     *
     * @throws MigrationException if ClickHouse refuses
     */
    public long rebuilding() {
        try {
            long waiting = 0;
            for (String marks : BronzeTable.marks()) {
                waiting += number("""
                        SELECT uniqExact(bucket) AS number
                        FROM %s FINAL
                        WHERE organization_id = {organization:String} AND sign = 1 AND source = ''
                        """.formatted(named(marks)), Map.of("organization", erasure.organization()));
            }
            return waiting;
        } catch (ClickHouseException refused) {
            throw failure(refused);
        }
    }

    /**
     * Call after the rebuilds. Deletes the rows of silver and gold that have the erased id, and frees the id for reuse
     * if its organisation, app or workspace no longer exists. If such events arrived in the meantime, requests a rebuild of
     * their buckets, because their rows may have been deleted too, and keeps the id.
     *
     * @return whether no such events are stored; if not, the whole erasure has to be repeated
     * @throws MigrationException if a store refuses
     */
    public boolean finish() {
        try {
            // A user with new events has a row that gold refers to.
            if (!(erasure.subject() instanceof OfUser && haveComeAgain())) {
                lockRollup();
                if (erasure.subject() instanceof OfUser) {
                    removeFromCohorts();
                }
                for (String table : rollupsNaming(erasure.subject())) {
                    delete(table, erasure.condition(""));
                }
                announce();
                unlockRollup();
            }
            if (haveComeAgain()) {
                haveRebuiltAgain();
                return false;
            }
            letIdsBeUsedAgain();
            return true;
        } catch (ClickHouseException | SQLException refused) {
            throw failure(refused);
        }
    }

    @Override
    public void close() {
        client.close();
        try {
            postgres.close();
        } catch (SQLException lost) {
            throw failure(lost);
        }
    }

    private long count(BronzeTable table) {
        return number(
                "SELECT count() AS number FROM %s FINAL WHERE %s"
                        .formatted(named(table.name()), erasure.condition(table.time())),
                erasure.parameters());
    }

    /** Whether such events have arrived since they were erased. */
    private boolean haveComeAgain() {
        return erasure.tables().stream().anyMatch(table -> count(table) > 0);
    }

    private void haveRebuiltAgain() throws SQLException {
        lock();
        for (BronzeTable table : erasure.tables()) {
            note(table);
        }
        askForRebuilds();
        unlock();
    }

    /**
     * Waits for another command that erases events of the same organisation. A command that requests rebuilds forgets all
     * noted buckets, and would forget those whose events the other command is about to delete. The lock of a failed command
     * ends with its connection.
     */
    private void lock() throws SQLException {
        advisory("SELECT pg_advisory_lock(hashtextextended(?, 0))", "quarry.erasing." + erasure.organization());
    }

    private void unlock() throws SQLException {
        advisory("SELECT pg_advisory_unlock(hashtextextended(?, 0))", "quarry.erasing." + erasure.organization());
    }

    /**
     * Waits until no pass of the rollup job runs: a pass that has read a user or a cohort already would write it again.
     */
    private void lockRollup() throws SQLException {
        advisory("SELECT pg_advisory_lock(hashtextextended(?, 0))", ROLLUP_OF_USERS);
    }

    private void unlockRollup() throws SQLException {
        advisory("SELECT pg_advisory_unlock(hashtextextended(?, 0))", ROLLUP_OF_USERS);
    }

    /** Gives the organisation a new revision in every rollup, so that no service reuses an answer from before. */
    private void announce() throws SQLException {
        try (PreparedStatement statement = postgres.prepareStatement("""
                WITH progress AS
                (
                    UPDATE rollup_progress SET revision = revision + 1 RETURNING name, revision
                ),
                revised AS
                (
                    INSERT INTO rollup_revisions (name, organization_id, revision)
                    SELECT name, ?, revision FROM progress
                    ON CONFLICT (name, organization_id) DO UPDATE SET revision = excluded.revision
                )
                SELECT pg_notify('quarry_rollup', '')
                """)) {
            statement.setString(1, erasure.organization());
            statement.execute();
        }
    }

    private void advisory(String sql, String name) throws SQLException {
        try (PreparedStatement statement = postgres.prepareStatement(sql)) {
            statement.setString(1, name);
            statement.execute();
        }
    }

    /** Call before the deletion: after it, no table has the buckets of the deleted events. */
    private void note(BronzeTable table) throws SQLException {
        if (table.buckets().isEmpty()) {
            return;
        }
        Buckets buckets = table.buckets().get();
        Object[] starts = clickHouse
                .query(
                        "SELECT DISTINCT toInt64(toUnixTimestamp(%s)) AS start FROM %s WHERE %s"
                                .formatted(buckets.start(), named(table.name()), erasure.condition(table.time())),
                        erasure.parameters())
                .stream()
                .map(row -> row.getLong("start"))
                .toArray();
        Array array = postgres.createArrayOf("bigint", starts);
        try (PreparedStatement statement = postgres.prepareStatement("""
                INSERT INTO erasing_buckets (organization_id, marks, bucket)
                SELECT ?, ?, to_timestamp(start) FROM unnest(?) AS start
                ON CONFLICT DO NOTHING
                """)) {
            statement.setString(1, erasure.organization());
            statement.setString(2, buckets.marks());
            statement.setArray(3, array);
            statement.executeUpdate();
        }
    }

    private void delete(String table, String condition) {
        mutations.run(table, "DELETE WHERE " + condition, erasure.parameters());
    }

    /**
     * Removes the user from cohorts of days whose events are no longer kept, because no rebuild can. Also changes the
     * rows that a later version has replaced.
     */
    private void removeFromCohorts() {
        List<Long> numbers = clickHouse
                .query(
                        "SELECT DISTINCT toInt64(number) AS number FROM %s WHERE %s AND number > 0"
                                .formatted(named("users"), erasure.condition("")),
                        erasure.parameters())
                .stream()
                .map(row -> row.getLong("number"))
                .toList();
        if (numbers.isEmpty()) {
            return;
        }
        mutations.run("cohorts", """
                UPDATE
                    users = bitmapAndnot(users, bitmapBuild({numbers:Array(UInt32)})),
                    size = bitmapCardinality(bitmapAndnot(users, bitmapBuild({numbers:Array(UInt32)})))
                WHERE organization_id = {organization:String}
                  AND bitmapHasAny(users, bitmapBuild({numbers:Array(UInt32)}))
                """, Map.of("organization", erasure.organization(), "numbers", numbers.toString()));
    }

    private void askForRebuilds() throws SQLException {
        for (String marks : BronzeTable.marks()) {
            for (List<Instant> buckets : noted(marks).stream()
                    .gather(Gatherers.windowFixed(BUCKETS_A_STATEMENT))
                    .toList()) {
                Map<String, Object> parameters = new HashMap<>();
                parameters.put("organization", erasure.organization());
                parameters.put(
                        "buckets",
                        buckets.stream()
                                .map(bucket -> "'" + SECONDS.format(bucket) + "'")
                                .collect(Collectors.joining(",", "[", "]")));
                clickHouse.execute("""
                        INSERT INTO %s (organization_id, bucket)
                        SELECT {organization:String}, arrayJoin({buckets:Array(DateTime('UTC'))})
                        """.formatted(named(marks)), parameters);
            }
            forget(marks);
        }
    }

    private List<Instant> noted(String marks) throws SQLException {
        try (PreparedStatement statement = postgres.prepareStatement("""
                SELECT extract(epoch FROM bucket)::bigint FROM erasing_buckets
                WHERE organization_id = ? AND marks = ?
                ORDER BY bucket DESC
                """)) {
            statement.setString(1, erasure.organization());
            statement.setString(2, marks);
            List<Instant> buckets = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    buckets.add(Instant.ofEpochSecond(rows.getLong(1)));
                }
            }
            return buckets;
        }
    }

    private void forget(String marks) throws SQLException {
        try (PreparedStatement statement =
                postgres.prepareStatement("DELETE FROM erasing_buckets WHERE organization_id = ? AND marks = ?")) {
            statement.setString(1, erasure.organization());
            statement.setString(2, marks);
            statement.executeUpdate();
        }
    }

    /** Finds the tables by their columns, so that a later table is not forgotten. */
    private List<String> rollupsNaming(Erasure.Subject subject) {
        String column = switch (subject) {
            case Everything() -> "organization_id";
            case OfUser(var _) -> "user_id";
            case OfApp(var _) -> "app_id";
            case OfWorkspace(var _) -> "workspace_id";
            // Rows of silver and gold stand for buckets, not for single events.
            case OneEvent(var _), Before(var _) -> "";
        };
        return clickHouse
                .query(
                        """
                        SELECT name
                        FROM system.tables
                        WHERE database = {database:String}
                          AND if({distributed:Bool}, engine = 'Distributed', engine LIKE '%MergeTree')
                          AND NOT startsWith(comment, 'Bronze')
                          AND name IN (
                              SELECT table FROM system.columns WHERE database = {database:String} AND name = 'organization_id')
                          AND name IN (
                              SELECT table FROM system.columns WHERE database = {database:String} AND name = {column:String})
                        ORDER BY name
                        """,
                        Map.of(
                                "database",
                                address.database(),
                                "distributed",
                                Boolean.toString(address.cluster().isPresent()),
                                "column",
                                column))
                .stream()
                .map(row -> row.getString("name"))
                // A mark may belong to an event that was delivered in the meantime; only the rollup job clears it.
                .filter(table -> !BronzeTable.marks().contains(table))
                .toList();
    }

    private void letIdsBeUsedAgain() throws SQLException {
        switch (erasure.subject()) {
            case Everything() -> letBeUsedAgain("""
                    DELETE FROM used_ids AS used
                    WHERE organization_id = ?
                      AND NOT EXISTS (SELECT FROM organizations WHERE organization_id = used.organization_id AND used.kind = 'organization')
                      AND NOT EXISTS (
                          SELECT FROM apps WHERE organization_id = used.organization_id AND used.kind = 'app' AND app_id = used.id)
                      AND NOT EXISTS (
                          SELECT FROM workspaces
                          WHERE organization_id = used.organization_id AND used.kind = 'workspace' AND workspace_id = used.id)
                    """, erasure.organization());
            case OfApp(String app) -> letBeUsedAgain("""
                    DELETE FROM used_ids AS used
                    WHERE organization_id = ? AND kind = 'app' AND id = ?
                      AND NOT EXISTS (SELECT FROM apps WHERE organization_id = used.organization_id AND app_id = used.id)
                    """, erasure.organization(), app);
            case OfWorkspace(String workspace) -> letBeUsedAgain("""
                    DELETE FROM used_ids AS used
                    WHERE organization_id = ? AND kind = 'workspace' AND id = ?
                      AND NOT EXISTS (
                          SELECT FROM workspaces WHERE organization_id = used.organization_id AND workspace_id = used.id)
                    """, erasure.organization(), workspace);
            case OfUser(var _), OneEvent(var _), Before(var _) -> {
                // These have no id to free.
            }
        }
    }

    private void letBeUsedAgain(String sql, String... values) throws SQLException {
        try (PreparedStatement statement = postgres.prepareStatement(sql)) {
            for (int index = 0; index < values.length; index++) {
                statement.setString(index + 1, values[index]);
            }
            statement.executeUpdate();
        }
    }

    private long number(String sql, Map<String, Object> parameters) {
        List<GenericRecord> rows = clickHouse.query(sql, parameters);
        return rows.getFirst().getLong("number");
    }

    private String named(String table) {
        return "`%s`.%s".formatted(address.database(), table);
    }

    private static MigrationException failure(Exception refused) {
        String store = refused instanceof SQLException ? "PostgreSQL" : "ClickHouse";
        return new MigrationException("%s refused to erase: %s".formatted(store, refused.getMessage()), refused);
    }
}
