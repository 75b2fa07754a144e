package dev.quarry.clickhouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.quarry.caller.Caller;
import dev.quarry.caller.Mechanism;
import dev.quarry.caller.Permissions;
import dev.quarry.testing.Stores;
import dev.quarry.testing.TestCaller;
import dev.quarry.testing.TestEngine;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hamcrest.Matchers;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every query here forgets its own predicate, so that only the filter keeps tenants apart. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
class TenantFilterTest {
    @Inject
    ClickHouse clickHouse;

    private TestCaller ours;
    private TestCaller theirs;

    @BeforeEach
    void bothOrganisationsHaveEvents() {
        ours = TestCaller.create(Permissions.METRICS_READ);
        theirs = TestCaller.create(Permissions.METRICS_READ);
        Stores.insert("events", List.of(event(ours, "anna"), event(ours, "bert"), event(theirs, "carl")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT user_id FROM events",
                "SELECT user_id FROM events FINAL",
                "SELECT user_id FROM events AS aliased",
                "SELECT user_id FROM (SELECT * FROM events)",
                "WITH e AS (SELECT * FROM events) SELECT user_id FROM e",
                "SELECT user_id FROM events PREWHERE 1",
                "SELECT r.user_id FROM events l RIGHT JOIN events r ON l.event_id = r.event_id",
                "SELECT user_id FROM events WHERE user_id IN (SELECT user_id FROM events)",
                "SELECT DISTINCT user_id FROM (SELECT user_id FROM events UNION ALL SELECT user_id FROM events)",
                "SELECT arrayJoin(groupUniqArray(user_id)) FROM events",
                "SELECT arrayJoin((SELECT groupUniqArray(user_id) FROM events))",
                "SELECT user_id FROM events WHERE organization_id != {organization:String} OR 1",
            })
    @SuppressWarnings("CompileTimeConstant")
    void showsOnlyTheCallersRows(String sql) {
        List<String> users =
                clickHouse.query(callerOf(ours), sql + " ORDER BY 1").list(Row::nextString);

        assertEquals(List.of("anna", "bert"), users);
    }

    /** On a cluster, each shard's own table can be named too. */
    @Test
    void showsOnlyTheCallersRowsOfAShard() {
        assumeTrue(TestEngine.isCluster());

        List<String> users = clickHouse
                .query(callerOf(ours), "SELECT user_id FROM events_local ORDER BY 1")
                .list(Row::nextString);

        assertEquals(List.of("anna", "bert"), users);
    }

    @Test
    void aPredicateForAnotherTenantFindsNothing() {
        long found = clickHouse
                .query(callerOf(ours), "SELECT count() FROM events WHERE organization_id = {other:String}")
                .bind("other", theirs.organization())
                .one(Row::nextLong);

        assertEquals(0, found);
    }

    @Test
    void holdsOverHttpAsWell() {
        ours.withApiKey().get("/probe/events").then().statusCode(200).body("count", Matchers.equalTo(2));
        theirs.withApiKey().get("/probe/events").then().statusCode(200).body("count", Matchers.equalTo(1));
    }

    /** All tables of the schema that have a tenant, of which the tests declare two. */
    @Test
    @SuppressWarnings("CompileTimeConstant")
    void refusesEveryTableThatIsNotDeclared() {
        List<String> tables = Stores.execute("""
                        SELECT DISTINCT table FROM system.columns
                        WHERE database = currentDatabase() AND name = 'organization_id'
                        FORMAT TSV
                        """).lines().toList();
        assertTrue(tables.size() > 20, tables.toString());
        Set<String> declared = Set.of("activity_days", "events");

        for (String table : tables) {
            String sql = "SELECT count() FROM " + table;
            if (!declared.contains(table.replaceFirst("_local$", ""))) {
                assertThrows(IllegalArgumentException.class, () -> clickHouse.query(callerOf(ours), sql), table);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT count() FROM invocations",
                "SELECT count() FROM events JOIN users USING (user_id)",
                "SELECT count() FROM events WHERE user_id IN (SELECT user_id FROM users)",
                "SELECT count() FROM events WHERE user_id IN users",
                "SELECT count() FROM events, users",
                "SELECT count() FROM `users`",
                "SELECT count() FROM merge(currentDatabase(), '^users$')",
                "SELECT count() FROM event_retention",
                "SELECT count() FROM system.tables"
            })
    @SuppressWarnings("CompileTimeConstant")
    void refusesHoweverTheTableIsNamed(String sql) {
        assertThrows(IllegalArgumentException.class, () -> clickHouse.query(callerOf(ours), sql));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a'b", "a\\b", "a b", "a}b", "a\nb", "ü"})
    void noCallerHasAnOrganisationThatCouldLeaveTheFilter(String organization) {
        assertThrows(
                IllegalArgumentException.class, () -> new Caller(organization, Set.of(), Mechanism.API_KEY, "key"));
    }

    private static Caller callerOf(TestCaller caller) {
        return new Caller(caller.organization(), Set.of(), Mechanism.API_KEY, "key");
    }

    private static Map<String, Object> event(TestCaller caller, String user) {
        return Map.of(
                "organization_id",
                caller.organization(),
                "event_id",
                UUID.randomUUID().toString(),
                "time",
                "2026-03-01 10:00:00.000",
                "user_id",
                user,
                "kind",
                "tool_call");
    }
}
