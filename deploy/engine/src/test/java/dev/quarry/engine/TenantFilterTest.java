package dev.quarry.engine;

import static dev.quarry.engine.ProtocolTest.header;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What {@code additional_table_filters} guarantees in this engine: with a filter for organisation a on a table, none of
 * b's rows are seen through it, however the statement reaches the table. And where the guarantee ends.
 */
final class TenantFilterTest {
    private static final String FILTER = "{'quarry.t': 'organization_id = ''a'''}".replace("''", "\\'");

    @RegisterExtension
    static final EngineExtension ENGINE = new EngineExtension();

    @BeforeAll
    static void tables() {
        for (String sql : new String[] {
            "CREATE DATABASE quarry",
            """
            CREATE TABLE quarry.t (organization_id String, id Int64, value Int64,
                PROJECTION sums (SELECT organization_id, sum(value) GROUP BY organization_id),
                PROJECTION byValue (SELECT * ORDER BY value))
            ENGINE = ReplacingMergeTree ORDER BY (organization_id, id)
            SETTINGS deduplicate_merge_projection_mode = 'rebuild'""",
            "INSERT INTO quarry.t VALUES ('a', 1, 10), ('a', 2, 20), ('b', 3, 30), ('b', 4, 40)",
            "INSERT INTO quarry.t VALUES ('a', 1, 11), ('b', 3, 31)",
            "CREATE TABLE quarry.ids (id Int64) ENGINE = Memory",
            "INSERT INTO quarry.ids VALUES (1), (2), (3), (4)",
            "CREATE TABLE quarry.copies ENGINE = Memory AS SELECT * FROM quarry.t",
            "CREATE VIEW quarry.v AS SELECT organization_id, id, value FROM quarry.t",
            "CREATE VIEW quarry.vv AS SELECT * FROM quarry.v WHERE value > 0",
            "CREATE VIEW quarry.vp AS SELECT * FROM quarry.t WHERE id > {least:Int64}",
            "CREATE TABLE quarry.merged AS quarry.t ENGINE = Merge('quarry', '^t$')",
            "CREATE TABLE quarry.buffered AS quarry.t ENGINE = Buffer('quarry', 't', 1, 1, 1, 1, 1, 1, 1)",
            "CREATE TABLE quarry.alias ENGINE = Alias('quarry', 't')",
            """
            CREATE DICTIONARY quarry.d (id Int64, organization_id String) PRIMARY KEY id
            SOURCE(CLICKHOUSE(QUERY 'SELECT id, organization_id FROM quarry.t')) LAYOUT(FLAT()) LIFETIME(0)"""
        }) {
            ENGINE.http().run(sql);
        }
    }

    /** Every statement lists the organisations that it can see, or what it learned from their rows. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT DISTINCT organization_id FROM quarry.t",
                "SELECT DISTINCT organization_id FROM quarry.t FINAL",
                "SELECT DISTINCT x.organization_id FROM quarry.t AS x",
                "SELECT DISTINCT organization_id FROM quarry.t PREWHERE id > 0 WHERE value > 0 OR 1 = 1",
                "SELECT DISTINCT organization_id FROM quarry.t WHERE organization_id = 'b' OR 1 = 1",
                "SELECT DISTINCT organization_id FROM (SELECT * FROM (SELECT * FROM quarry.t))",
                "WITH x AS (SELECT * FROM quarry.t) SELECT DISTINCT organization_id FROM x",
                "WITH x AS (SELECT * FROM quarry.t), y AS (SELECT * FROM x) SELECT DISTINCT organization_id FROM y",
                "SELECT DISTINCT t.organization_id FROM quarry.ids AS i JOIN quarry.t AS t ON t.id = i.id",
                "SELECT DISTINCT t.organization_id FROM quarry.ids AS i INNER JOIN quarry.t AS t USING (id)",
                "SELECT DISTINCT x.organization_id FROM quarry.t AS x JOIN quarry.t AS y ON x.id = y.id",
                "SELECT DISTINCT y.organization_id FROM quarry.t AS x CROSS JOIN quarry.t AS y",
                "SELECT DISTINCT organization_id FROM quarry.t UNION DISTINCT SELECT organization_id FROM quarry.t",
                "SELECT DISTINCT organization_id FROM quarry.v",
                "SELECT DISTINCT organization_id FROM quarry.vv",
                "SELECT 'a' FROM quarry.ids WHERE id IN (SELECT id FROM quarry.t) HAVING count() = 2",
                "SELECT 'a' FROM quarry.ids WHERE id GLOBAL IN (SELECT id FROM quarry.t) HAVING count() = 2",
                "SELECT 'a' FROM quarry.ids WHERE id NOT IN (SELECT id FROM quarry.t) HAVING count() = 2",
                "SELECT 'a' WHERE NOT EXISTS (SELECT 1 FROM quarry.t WHERE organization_id = 'b')",
                "SELECT (SELECT any(organization_id) FROM quarry.t)",
                "SELECT 'a' WHERE (SELECT count() FROM quarry.t FINAL) = 2",
                "SELECT 'a' WHERE (SELECT max(id) FROM quarry.t) = 2",
                "SELECT min(organization_id) FROM quarry.t HAVING min(organization_id) = max(organization_id)",
                "SELECT DISTINCT organization_id FROM (SELECT * FROM quarry.t ORDER BY id DESC LIMIT 1 BY id)",
                "SELECT DISTINCT organization_id FROM quarry.t ARRAY JOIN [1, 2] AS x",
                "SELECT DISTINCT any(organization_id) OVER () FROM quarry.t",
                "SELECT DISTINCT organization_id FROM view(SELECT * FROM quarry.t)",
                "SELECT arrayJoin(groupUniqArray(organization_id)) FROM quarry.t",
                "SELECT DISTINCT organization_id FROM quarry.t SETTINGS max_threads = 1",
                "SELECT 'a' WHERE (SELECT count() FROM quarry.t) = 3",
                "SELECT organization_id FROM quarry.t GROUP BY organization_id HAVING sum(value) > 0",
                "SELECT DISTINCT organization_id FROM quarry.t WHERE value > 0 ORDER BY value",
                "SELECT DISTINCT organization_id FROM quarry.copies WHERE (organization_id, id, value) IN quarry.t",
                "SELECT DISTINCT organization_id FROM quarry.vp(least = 0)",
                "SELECT DISTINCT organization_id FROM remote('127.0.0.1', quarry.t)",
                "SELECT DISTINCT organization_id FROM (SELECT * FROM loop(quarry.t) LIMIT 9)",
                "SELECT organization_id FROM quarry.t INTERSECT DISTINCT SELECT organization_id FROM quarry.t"
            })
    void anotherOrganisationsRowsAreNotThere(String sql) {
        for (String analyzer : new String[] {"1", "0"}) {
            // The old analyzer knows neither correlated EXISTS nor a HAVING without GROUP BY over constants.
            HttpResponse<String> answer = ENGINE.http()
                    .with("additional_table_filters", FILTER)
                    .with("enable_analyzer", analyzer)
                    .post(sql);
            if (analyzer.equals("1") || answer.statusCode() == 200) {
                assertEquals("a", answer.body().strip(), "analyzer " + analyzer);
            }
        }
    }

    @Test
    void theFilterAppliesUnderAnyNameOfTheTable() {
        assertEquals(
                "a",
                ENGINE.http()
                        .with("additional_table_filters", FILTER)
                        .with("database", "quarry")
                        .run("SELECT DISTINCT organization_id FROM t"));
        assertEquals(
                "a",
                ENGINE.http()
                        .with("additional_table_filters", FILTER)
                        .run("SELECT DISTINCT organization_id FROM `quarry`.`t`"));
    }

    @Test
    void aReadOnlyStatementCannotRemoveTheFilter() {
        HttpResponse<String> response = ENGINE.http()
                .with("additional_table_filters", FILTER)
                .with("readonly", "1")
                .post("SELECT DISTINCT organization_id FROM quarry.t SETTINGS additional_table_filters = {}");
        assertEquals("164", header(response, "X-ClickHouse-Exception-Code"));
    }

    @Test
    void anOrganisationsNameCannotEscapeTheFilter() {
        String name = "a' OR organization_id = 'b";
        String literal = EngineConnection.literal("organization_id = " + EngineConnection.literal(name));
        assertEquals(
                "0",
                ENGINE.http()
                        .with("additional_table_filters", "{'quarry.t': " + literal + "}")
                        .run("SELECT count() FROM quarry.t"));
    }

    /**
     * The guarantee's end: these reach the rows under another name than the table's. A statement of ours must not name
     * them, or they need a filter of their own.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "FROM quarry.merged",
                "FROM merge('quarry', '^t$')",
                "FROM quarry.buffered",
                "FROM quarry.alias",
                "FROM quarry.d",
                "FROM mergeTreeProjection('quarry', 't', 'byValue')",
                "FROM (SELECT dictGet('quarry.d', 'organization_id', id) AS organization_id FROM quarry.ids)"
            })
    void otherNamesForTheRowsNeedAFilterOfTheirOwn(String source) {
        assertEquals(
                "['a','b']",
                ENGINE.http()
                        .with("additional_table_filters", FILTER)
                        .run("SELECT arraySort(groupUniqArray(organization_id)) " + source));
    }

    @Test
    void anotherNameCanHaveItsOwnFilter() {
        assertEquals(
                "a",
                ENGINE.http()
                        .with("additional_table_filters", FILTER.replace("quarry.t", "quarry.merged"))
                        .run("SELECT DISTINCT organization_id FROM quarry.merged"));
    }
}
