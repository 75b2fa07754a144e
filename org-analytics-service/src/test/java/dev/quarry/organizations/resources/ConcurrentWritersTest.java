package dev.quarry.organizations.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quarry.organizations.TestOrganization;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Kept counts are those of the rows at every moment, whoever writes, and whatever becomes of the transactions. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ConcurrentWritersTest {
    private static final int WRITERS = 6;
    private static final int TRANSACTIONS = 150;
    /** A conflict on the rows themselves (serialisation, deadlock, an id that is taken), which a writer tries again. */
    private static final Set<String> CONFLICTS = Set.of("40001", "40P01", "23505", "23503");

    /** Every difference between what is kept and what is there, as one number. */
    private static final String DRIFT = """
            WITH there AS (
                SELECT workspace_id, 'sources' AS resource, namespace_id IS NOT NULL AS owned, type, status,
                       count(*) AS count, sum(chunks) AS chunks, sum(tokens) AS tokens, sum(bytes) AS bytes
                FROM sources WHERE organization_id = 'ORGANIZATION' GROUP BY 1, 2, 3, 4, 5
                UNION ALL
                SELECT workspace_id, 'threads', namespace_id IS NOT NULL, '', '', count(*), 0, 0, 0
                FROM threads WHERE organization_id = 'ORGANIZATION' GROUP BY 1, 2, 3
                UNION ALL
                SELECT workspace_id, 'namespaces', app_id IS NOT NULL, '', '', count(*), 0, 0, 0
                FROM namespaces WHERE organization_id = 'ORGANIZATION' GROUP BY 1, 2, 3
                UNION ALL
                SELECT workspace_id, 'apps', false, '', '', count(*), 0, 0, 0
                FROM workspace_apps WHERE organization_id = 'ORGANIZATION' GROUP BY 1
            ), kept AS (
                SELECT workspace_id, resource, owned, type, status,
                       sum(count) AS count, sum(chunks) AS chunks, sum(tokens) AS tokens, sum(bytes) AS bytes
                FROM resource_counts WHERE organization_id = 'ORGANIZATION' GROUP BY 1, 2, 3, 4, 5
            ), owned_there AS (
                SELECT workspace_id, namespace_id AS owner_id, 'sources' AS resource, count(*) AS count
                FROM sources WHERE organization_id = 'ORGANIZATION' AND namespace_id IS NOT NULL GROUP BY 1, 2
                UNION ALL
                SELECT workspace_id, namespace_id, 'threads', count(*)
                FROM threads WHERE organization_id = 'ORGANIZATION' AND namespace_id IS NOT NULL GROUP BY 1, 2
                UNION ALL
                SELECT workspace_id, app_id, 'namespaces', count(*)
                FROM namespaces WHERE organization_id = 'ORGANIZATION' AND app_id IS NOT NULL GROUP BY 1, 2
            ), owned_kept AS (
                SELECT workspace_id, owner_id, resource, sum(count) AS count
                FROM owned_counts WHERE organization_id = 'ORGANIZATION' GROUP BY 1, 2, 3
            )
            SELECT (SELECT count(*)
                    FROM there FULL JOIN kept USING (workspace_id, resource, owned, type, status)
                    WHERE (coalesce(there.count, 0), coalesce(there.chunks, 0), coalesce(there.tokens, 0), coalesce(there.bytes, 0))
                       <> (coalesce(kept.count, 0), coalesce(kept.chunks, 0), coalesce(kept.tokens, 0), coalesce(kept.bytes, 0)))
                 + (SELECT count(*)
                    FROM owned_there FULL JOIN owned_kept USING (workspace_id, owner_id, resource)
                    WHERE coalesce(owned_there.count, 0) <> coalesce(owned_kept.count, 0)) AS drift,
                   (SELECT coalesce(sum(count), 0) FROM there) AS rows
            """;

    private TestOrganization organization;

    @BeforeEach
    void create() {
        organization = TestOrganization.create();
        for (int workspace = 0; workspace < 4; workspace++) {
            organization.addWorkspace("w" + workspace);
        }
    }

    private record State(long drift, long rows) {}

    private State state() {
        List<State> states = new ArrayList<>();
        Stores.inPostgres(connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery(DRIFT.replace("ORGANIZATION", organization.id()))) {
                result.next();
                states.add(new State(result.getLong("drift"), result.getLong("rows")));
            }
        });
        return states.getFirst();
    }

    @Test
    void countsEqualTheRowsAfterConcurrentWrites() throws ExecutionException, InterruptedException {
        AtomicBoolean done = new AtomicBoolean();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                writers.add(threads.submit(writer(writer)));
            }
            Future<Integer> reader = threads.submit(() -> {
                int looks = 0;
                while (!done.get()) {
                    assertEquals(0, state().drift());
                    looks++;
                }
                return looks;
            });
            int committed = 0;
            for (Future<Integer> writer : writers) {
                committed += writer.get();
            }
            done.set(true);
            assertTrue(reader.get() > 0);
            assertTrue(committed > WRITERS * TRANSACTIONS / 3, "most should get through, not " + committed);
        }
        assertEquals(0, state().drift());
        assertTrue(state().rows() > 100, "there is something to count");
    }

    /** Does what comes to its mind, and says how many of its transactions were committed. */
    private Callable<Integer> writer(int number) {
        return () -> {
            Random random = new Random(number);
            int[] committed = {0};
            Stores.inPostgres(connection -> {
                connection.setAutoCommit(false);
                for (int transaction = 0; transaction < TRANSACTIONS; transaction++) {
                    connection.setTransactionIsolation(
                            random.nextInt(5) == 0
                                    ? Connection.TRANSACTION_REPEATABLE_READ
                                    : Connection.TRANSACTION_READ_COMMITTED);
                    committed[0] += attempt(connection, number, random) ? 1 : 0;
                }
            });
            return committed[0];
        };
    }

    private boolean attempt(Connection connection, int writer, Random random) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (int step = random.nextInt(4); step >= 0; step--) {
                statement.execute(something(writer, random).replace("ORGANIZATION", "'" + organization.id() + "'"));
            }
            if (random.nextInt(6) == 0) {
                connection.rollback();
                return false;
            }
            connection.commit();
            return true;
        } catch (SQLException failed) {
            connection.rollback();
            if (!CONFLICTS.contains(failed.getSQLState())) {
                throw failed;
            }
            return false;
        }
    }

    private static String something(int writer, Random random) {
        String workspace = "'w" + random.nextInt(4) + "'";
        String other = "'w" + random.nextInt(4) + "'";
        String namespace = "'n" + random.nextInt(5) + "'";
        String unique = "'" + writer + "-" + Integer.toHexString(random.nextInt()) + "'";
        String anyone = "organization_id = ORGANIZATION AND workspace_id = " + workspace;
        String some = anyone + " AND hashtext(source_id) % 7 = " + random.nextInt(7);
        return switch (random.nextInt(12)) {
            case 0, 1, 2 -> """
                    INSERT INTO sources
                    SELECT ORGANIZATION, %s, %s || i, NULL, 'type' || i %% 3, 'pending', i, i * 2, i * 3
                    FROM generate_series(1, %d) AS i
                    """.formatted(workspace, unique, 1 + random.nextInt(8));
            case 3 -> """
                    INSERT INTO namespaces VALUES (ORGANIZATION, %s, %s) ON CONFLICT DO NOTHING
                    """.formatted(workspace, namespace);
            case 4 -> """
                    INSERT INTO threads SELECT organization_id, workspace_id, %s || namespace_id, namespace_id
                    FROM namespaces WHERE %s
                    """.formatted(unique, anyone);
            case 5 -> "UPDATE sources SET status = 'indexed', chunks = chunks + 1 WHERE " + some;
            case 6 -> """
                    UPDATE sources SET namespace_id = (SELECT min(namespace_id) FROM namespaces WHERE %s) WHERE %s
                    """.formatted(anyone, some);
            case 7 -> "UPDATE sources SET workspace_id = " + other + ", namespace_id = NULL WHERE " + some;
            case 8 -> "DELETE FROM sources WHERE " + some;
            case 9 -> "DELETE FROM namespaces WHERE " + anyone + " AND namespace_id = " + namespace;
            case 10 ->
                "UPDATE namespaces SET workspace_id = " + other + " WHERE " + anyone + " AND namespace_id = "
                        + namespace;
            default -> """
                    SELECT merge_resource_counts(ARRAY[ORGANIZATION, ORGANIZATION], ARRAY[%1$s, %1$s], ARRAY[NULL, %2$s])
                    """.formatted(workspace, namespace);
        };
    }

    @Test
    void writersDoNotWaitForEachOther() {
        String insert = "INSERT INTO models VALUES ('" + organization.id() + "', '%s', '%s')";
        Stores.inPostgres(one -> Stores.inPostgres(other -> {
            one.setAutoCommit(false);
            other.setAutoCommit(false);
            try (Statement first = one.createStatement();
                    Statement second = other.createStatement()) {
                // Crosswise, on one thread: a lock on either count would be waited for in vain.
                first.executeUpdate(insert.formatted("w0", "a"));
                second.executeUpdate(insert.formatted("w1", "b"));
                first.executeUpdate(insert.formatted("w1", "c"));
                second.executeUpdate(insert.formatted("w0", "d"));
                other.rollback();
                one.commit();
            }
        }));
        assertEquals(
                Oracle.answer(Oracle.RESOURCES, organization.id(), null, null),
                Oracle.parse(organization.read("/analytics").extract().asString())
                        .get("resources"));
    }
}
