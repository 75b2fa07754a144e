package dev.quarry.organizations.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quarry.organizations.TestOrganization;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.math.BigInteger;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An organisation of fifty workspaces of very different sizes, held against {@link Oracle} as it is and as it changes. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class ResourceCountsTest {
    private static final int WORKSPACES = 50;

    /** The first workspace has 2,000 of each, the last 40; ids are the same in all of them. */
    private static final List<String> FILL = List.of(
            "INSERT INTO workspaces SELECT ?, 'w' || w, 'Test' FROM generate_series(1, 50) AS w",
            "INSERT INTO workspace_apps SELECT ?, 'w' || w, 'a' || a FROM generate_series(1, 50) AS w, generate_series(1, 1 + 50 / w) AS a",
            """
            INSERT INTO namespaces
            SELECT ?, 'w' || w, 'n' || n, CASE WHEN n % 3 > 0 THEN 'a' || (1 + n % (1 + 50 / w)) END
            FROM generate_series(1, 50) AS w, generate_series(1, 1 + 100 / w) AS n
            """,
            """
            INSERT INTO sources
            SELECT ?, 'w' || w, 's' || s, CASE WHEN s % 4 > 0 THEN 'n' || (1 + s * s % (1 + 100 / w)) END,
                   (ARRAY['file', 'url', 'text', 'Größe'])[1 + s % 7 % 4],
                   (ARRAY['indexed', 'pending', 'failed', 'processing'])[1 + s * w % 11 % 4],
                   s % 13, s::bigint * 1000, s::bigint * s * 100000
            FROM generate_series(1, 50) AS w, generate_series(1, 2000 / w) AS s
            """,
            """
            INSERT INTO threads
            SELECT ?, 'w' || w, 't' || t, CASE WHEN t % 5 > 0 THEN 'n' || (1 + t % (1 + 100 / w)) END
            FROM generate_series(1, 50) AS w, generate_series(1, 500 / w) AS t
            """,
            """
            INSERT INTO augmentations
            SELECT ?, 'w' || w, 'g' || g, CASE WHEN g % 2 = 0 THEN 'a' || (1 + g % (1 + 50 / w)) END
            FROM generate_series(1, 50) AS w, generate_series(1, 300 / w) AS g
            """,
            """
            INSERT INTO endpoints
            SELECT ?, 'w' || w, 'e' || e, CASE WHEN e % 3 = 0 THEN 'a' || (1 + e % (1 + 50 / w)) END
            FROM generate_series(1, 50) AS w, generate_series(1, 200 / w) AS e
            """,
            """
            INSERT INTO releases
            SELECT ?, 'w' || w, 'r' || r, 'a' || (1 + r % (1 + 50 / w))
            FROM generate_series(1, 50) AS w, generate_series(1, 250 / w) AS r
            """,
            """
            INSERT INTO actions
            SELECT ?, 'w' || w, 'c' || c, (ARRAY['trigger', 'scheduled', 'manual'])[1 + c % 3], c % 4 > 0
            FROM generate_series(1, 50) AS w, generate_series(1, 100 / w) AS c
            """,
            """
            INSERT INTO secrets
            SELECT ?, 'w' || w, 'x' || x, (ARRAY['api_key', 'oauth', 'password'])[1 + x % 3], x % 2 = 0
            FROM generate_series(1, 50) AS w, generate_series(1, 90 / w) AS x
            """,
            "INSERT INTO models SELECT ?, 'w' || w, 'm' || m FROM generate_series(1, 50) AS w, generate_series(1, 70 / w) AS m");

    private TestOrganization organization;

    @BeforeEach
    void fill() {
        organization = TestOrganization.create();
        FILL.forEach(sql -> TestOrganization.execute(sql, organization.id()));
    }

    private void change(String sql) {
        TestOrganization.execute(sql, organization.id());
    }

    private JsonNode read(String path) {
        return Oracle.parse(organization.read(path).statusCode(200).extract().asString());
    }

    private void check(List<String> workspaces) {
        workspaces.forEach(this::checkWorkspace);
        checkRollup();
    }

    private void checkWorkspace(String workspace) {
        String id = organization.id();
        String path = "/workspaces/" + workspace + "/analytics";
        JsonNode resources = Oracle.answer(Oracle.RESOURCES, id, workspace, workspace);
        assertEquals(resources, read(path + "/resources"), workspace);
        assertEquals(resources, read(path).get("resources"), workspace);
        assertEquals(Oracle.answer(Oracle.ACTIONS, id, workspace), read(path + "/actions"), workspace);
        assertEquals(Oracle.answer(Oracle.SECRETS, id, workspace), read(path + "/secrets"), workspace);
        assertEquals(Oracle.answer(Oracle.SOURCES, id, workspace), read(path + "/sources"), workspace);
    }

    private void checkOwners(String workspace, List<String> apps, List<String> namespaces) {
        for (String app : apps) {
            assertEquals(
                    Oracle.answer(Oracle.APP, organization.id(), workspace, app),
                    read("/workspaces/" + workspace + "/apps/" + app + "/analytics"));
        }
        for (String namespace : namespaces) {
            assertEquals(
                    Oracle.answer(Oracle.NAMESPACE, organization.id(), workspace, namespace),
                    read("/workspaces/" + workspace + "/namespaces/" + namespace + "/analytics"));
        }
    }

    private void checkRollup() {
        JsonNode rollup = read("/analytics");
        assertEquals(Oracle.answer(Oracle.RESOURCES, organization.id(), null, null), rollup.get("resources"));
        assertTrue(rollup.get("workspace_id").isNull());
    }

    private Instant updatedAt(String path) {
        return Instant.parse(read(path).get("updated_at").asText());
    }

    @Test
    void sumsBeyondALongAreExact() {
        organization.addWorkspace("huge");
        String huge = Long.toString(Long.MAX_VALUE);
        for (int writer = 0; writer < 3; writer++) {
            TestOrganization.execute("""
                    INSERT INTO sources (organization_id, workspace_id, source_id, type, chunks, tokens, bytes)
                    SELECT ?, 'huge', ? || number, 'file', %1$s, %1$s, %1$s FROM generate_series(1, 2) AS number
                    """.formatted(huge), organization.id(), "s" + writer);
        }
        String all = new BigInteger(huge).multiply(BigInteger.valueOf(6)).toString();

        for (int read = 0; read < 2; read++) {
            String answer = organization
                    .read("/workspaces/huge/analytics/sources")
                    .statusCode(200)
                    .extract()
                    .asString();
            for (String name : List.of("total_chunks", "total_tokens", "total_bytes")) {
                assertTrue(answer.contains("\"" + name + "\":" + all + ","), answer);
            }
            TestOrganization.execute("DO 'BEGIN PERFORM merge_resource_counts(ARRAY[''" + organization.id()
                    + "''], ARRAY[''huge''], ARRAY[NULL::text]); END'");
        }
        TestOrganization.execute(
                "DELETE FROM sources WHERE organization_id = ? AND workspace_id = 'huge'", organization.id());
        assertTrue(organization
                .read("/workspaces/huge/analytics/sources")
                .statusCode(200)
                .extract()
                .asString()
                .contains("\"total_bytes\":0,"));
    }

    @Test
    void countsEveryKindOfResource() {
        check(IntStream.rangeClosed(1, WORKSPACES)
                .mapToObj(workspace -> "w" + workspace)
                .toList());
        checkOwners("w1", List.of("a1", "a2", "a17", "a51"), List.of("n1", "n2", "n3", "n101"));
        checkOwners("w50", List.of("a1", "a2"), List.of("n1", "n2", "n3"));
        assertEquals(WORKSPACES, read("/analytics").get("workspaces").asInt());
    }

    @Test
    void organisationCountsAreTheSumsOfItsWorkspaces() {
        long sources = 0;
        for (int w = 1; w <= WORKSPACES; w++) {
            sources += read("/workspaces/w" + w + "/analytics")
                    .at("/resources/sources")
                    .asLong();
        }
        assertEquals(sources, read("/analytics").at("/resources/sources").asLong());

        JsonNode narrowed = read("/analytics?workspace_id=w7");
        JsonNode summary = read("/workspaces/w7/analytics");
        assertEquals("w7", narrowed.get("workspace_id").asText());
        assertEquals(1, narrowed.get("workspaces").asInt());
        for (String part : List.of("resources", "executions", "updated_at")) {
            assertEquals(summary.get(part), narrowed.get(part));
        }
    }

    @Test
    void countsFollowInsertsUpdatesAndDeletes() {
        change(
                "UPDATE sources SET status = 'indexed', chunks = chunks + 5 WHERE organization_id = ? AND status = 'pending'");
        change(
                "UPDATE actions SET enabled = NOT enabled, kind = 'manual' WHERE organization_id = ? AND action_id < 'c5'");
        change("UPDATE secrets SET active = NOT active, type = 'oauth' WHERE organization_id = ? AND secret_id < 'x4'");
        change("DELETE FROM sources WHERE organization_id = ? AND type = 'text'");
        change("DELETE FROM threads WHERE organization_id = ? AND thread_id LIKE 't%3'");
        change("DELETE FROM models WHERE organization_id = ?");
        change(
                "INSERT INTO sources (organization_id, workspace_id, source_id, type) SELECT ?, 'w3', 'new' || i, 'new' FROM generate_series(1, 5) AS i");
        change(
                "INSERT INTO sources (organization_id, workspace_id, source_id, type) VALUES (?, 'w3', 'new1', 'file') ON CONFLICT DO NOTHING");
        change(
                "INSERT INTO sources (organization_id, workspace_id, source_id, type) VALUES (?, 'w3', 'new2', 'file') ON CONFLICT (organization_id, workspace_id, source_id) DO UPDATE SET type = 'upserted'");
        check(List.of("w1", "w2", "w3", "w50"));
    }

    @Test
    void countsFollowMovedResources() {
        change(
                "UPDATE sources SET workspace_id = 'w50', source_id = 'moved' || source_id, namespace_id = NULL WHERE organization_id = ? AND workspace_id = 'w1' AND source_id LIKE 's1%'");
        change("UPDATE threads SET namespace_id = 'n1' WHERE organization_id = ? AND namespace_id = 'n2'");
        // An app takes along what lies in it, and what lies in that.
        change("INSERT INTO workspace_apps VALUES (?, 'w2', 'mover')");
        change("INSERT INTO releases VALUES (?, 'w2', 'moving', 'mover')");
        change("INSERT INTO namespaces SELECT ?, 'w2', 'moving' || n, 'mover' FROM generate_series(1, 3) AS n");
        change("""
                INSERT INTO sources
                SELECT ?, 'w2', 'moving' || s, 'moving' || (1 + s % 3), 'file', 'indexed', s, s, s FROM generate_series(1, 10) AS s
                """);
        change("INSERT INTO threads SELECT ?, 'w2', 'moving' || t, 'moving1' FROM generate_series(1, 4) AS t");
        checkOwners("w2", List.of("mover"), List.of("moving1", "moving2", "moving3"));
        change(
                "UPDATE workspace_apps SET workspace_id = 'w49', app_id = 'moved' WHERE organization_id = ? AND app_id = 'mover'");
        check(List.of("w1", "w2", "w49", "w50"));
        checkOwners("w1", List.of("a1"), List.of("n1", "n2", "n3"));
        checkOwners("w49", List.of("a1", "moved"), List.of("n1", "moving1", "moving2", "moving3"));
        organization.read("/workspaces/w2/apps/mover/analytics").statusCode(404);
    }

    @Test
    void cascadingDeletesAreCounted() {
        change("DELETE FROM namespaces WHERE organization_id = ? AND workspace_id = 'w1' AND namespace_id LIKE 'n1%'");
        change("DELETE FROM workspace_apps WHERE organization_id = ? AND workspace_id = 'w2' AND app_id <> 'a1'");
        check(List.of("w1", "w2", "w3"));
        checkOwners("w2", List.of("a1"), List.of("n3"));

        Instant before = updatedAt("/analytics");
        change("DELETE FROM workspaces WHERE organization_id = ? AND workspace_id IN ('w1', 'w50')");
        organization.read("/workspaces/w1/analytics").statusCode(404);
        organization.read("/workspaces/w50/analytics/sources").statusCode(404);
        assertEquals(WORKSPACES - 2, read("/analytics").get("workspaces").asInt());
        assertTrue(updatedAt("/analytics").isAfter(before));
        checkRollup();

        assertThrows(IllegalStateException.class, () -> organization.addWorkspace("w1"), "its events are not erased");
        change("DELETE FROM used_ids WHERE organization_id = ? AND kind = 'workspace' AND id = 'w1'");
        organization.addWorkspace("w1");
        checkWorkspace("w1");
        change("INSERT INTO models VALUES (?, 'w1', 'm1')");
        checkWorkspace("w1");
    }

    @Test
    void workspaceRecreatedInOneTransactionStartsAtZero() {
        Stores.inPostgres(connection -> {
            connection.setAutoCommit(false);
            try (var statement = connection.createStatement()) {
                String where = "organization_id = '" + organization.id() + "' AND workspace_id = 'w9'";
                statement.executeUpdate("DELETE FROM workspaces WHERE " + where);
                statement.executeUpdate(
                        "DELETE FROM used_ids WHERE organization_id = '" + organization.id() + "' AND id = 'w9'");
                statement.executeUpdate("INSERT INTO workspaces VALUES ('" + organization.id() + "', 'w9', 'Anew')");
                statement.executeUpdate("INSERT INTO models VALUES ('" + organization.id() + "', 'w9', 'm1')");
                connection.commit();
            }
        });
        checkWorkspace("w9");
    }

    @Test
    void updatedAtIsTheTimeOfTheLastChange() {
        Instant start = updatedAt("/workspaces/w5/analytics");
        assertEquals(start, updatedAt("/workspaces/w5/analytics"));

        change("UPDATE sources SET created_at = now() WHERE organization_id = ? AND workspace_id = 'w5'");
        change("INSERT INTO models VALUES (?, 'w6', 'another')");
        assertEquals(start, updatedAt("/workspaces/w5/analytics"), "none of its numbers has changed");

        change("INSERT INTO models VALUES (?, 'w5', 'another')");
        Instant afterInsert = updatedAt("/workspaces/w5/analytics");
        assertTrue(afterInsert.isAfter(start));
        assertEquals(afterInsert, updatedAt("/analytics"));

        change("DELETE FROM models WHERE organization_id = ? AND workspace_id = 'w5'");
        assertTrue(updatedAt("/workspaces/w5/analytics").isAfter(afterInsert));
    }
}
