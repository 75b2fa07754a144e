package dev.quarry.clickhouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TableReferencesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1 FROM a FINAL JOIN b USING (c)",
                "SELECT (SELECT max(x) FROM a) AS most, y FROM b",
                "WITH c AS (SELECT * FROM a) SELECT 1 FROM c RIGHT JOIN b ON b.x = c.x",
                "WITH f AS (SELECT 1 FROM a), g AS (WITH h AS (SELECT 2 FROM b) SELECT 1 FROM h) SELECT 1 FROM f JOIN g ON 1",
                "SELECT 1 FROM (SELECT 1 FROM a UNION ALL SELECT 2 FROM b) ORDER BY 1 DESC, 2 DESC",
                "SELECT 1 FROM a WHERE x IN (b) AND y IN ('p', 'q')",
                "SELECT in(a, b)",
                "SELECT x, y FROM a ARRAY JOIN p AS x, q AS y WHERE (x, y) IN b",
                "SELECT 1 from a LEFT ARRAY JOIN p AS x, q AS y left join b using (x)",
                "SELECT 1 FROM a WHERE x IN (SELECT y FROM b) AND z IN {zs:Array(String)} AND w IN arrayZip([1], [2])",
                "SELECT 'FROM c', 'it''s FROM c', {x:String} -- FROM d\n FROM a JOIN /* FROM e */ b ON 1",
                "SELECT x FROM numbers(3) JOIN a ON 1 JOIN b ON 2",
                "SELECT EXTRACT(DAY FROM a) FROM b ORDER BY 1 DESC LIMIT 1 BY x, y"
            })
    void findsEveryTable(String sql) {
        assertEquals(Set.of("a", "b"), TableReferences.of(sql));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT 1 FROM a, b",
                "SELECT 1 FROM a AS x, b AS y",
                "SELECT 1 FROM (SELECT 1) AS x, b",
                "SELECT 1 FROM a JOIN b ON a.x = b.x, c",
                "SELECT 1 FROM a ARRAY JOIN p AS x JOIN b USING x, c",
                "SELECT 1 FROM other.a",
                "SELECT 1 FROM \"a\"",
                "SELECT 1 FROM `a`",
                "SELECT 1 FROM {a:Identifier}",
                "SELECT 1 FROM merge('quarry', '.*')",
                "SELECT 1 FROM remote('127.0.0.1', quarry, a)",
                "SELECT 1 FROM cluster('c', quarry, a)",
                "SELECT 1 FROM view(SELECT 1)",
                "SELECT 1 WHERE 2 IN remote('127.0.0.1', quarry, a)",
                "SELECT notIn(1, a)",
                "SELECT globalNotIn(1, a)",
                "SELECT nullIn(1, a)",
                "SELECT dictGet('quarry.a', 'x', 1)",
                "SELECT joinGet('quarry.a', 'x', 1)",
                "SELECT 1) FROM (SELECT 1",
                "SELECT 1 FROM"
            })
    void refusesWhatItDoesNotUnderstand(String sql) {
        assertThrows(IllegalArgumentException.class, () -> TableReferences.of(sql));
    }
}
