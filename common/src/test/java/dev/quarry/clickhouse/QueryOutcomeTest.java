package dev.quarry.clickhouse;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.clickhouse.client.api.ServerException;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From what ClickHouse says to what is counted. */
class QueryOutcomeTest {

    @ParameterizedTest
    @CsvSource({
        "159, TIMED_OUT",
        "241, QUERY_TOO_LARGE",
        "202, OVERLOADED",
        "279, UNREACHABLE",
        "369, UNREACHABLE",
        "210, UNREACHABLE",
        "62, FAILURE"
    })
    void countsAnErrorByItsCode(int code, QueryOutcome outcome) {
        assertEquals(outcome, QueryOutcome.of(EngineErrors.translate(new ServerException(code, "refused", 500, "id"))));
    }

    @Test
    void countsABrokenConnectionAsUnreachable() {
        assertEquals(QueryOutcome.UNREACHABLE, QueryOutcome.of(EngineErrors.translate(new IOException("reset"))));
    }
}
