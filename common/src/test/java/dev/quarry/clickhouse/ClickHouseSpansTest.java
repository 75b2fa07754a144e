package dev.quarry.clickhouse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClickHouseSpansTest {

    @ParameterizedTest
    @CsvSource({
        "SELECT count() FROM events, SELECT events",
        "'\n  SELECT 1\n  FROM\n    quarry.app_hours FINAL', SELECT quarry.app_hours",
        "'WITH days AS (SELECT day FROM activity_days) SELECT * FROM days', SELECT activity_days",
        "'SELECT sum(n) FROM (SELECT n FROM executions)', SELECT executions",
        "INSERT INTO app_problems SELECT * FROM canvas_errors, INSERT app_problems",
        "SELECT 1, SELECT"
    })
    void aQueryIsSummedUpByItsOperationAndFirstTable(String sql, String summary) {
        assertEquals(summary, ClickHouseSpans.summary(sql));
    }
}
