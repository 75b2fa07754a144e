package dev.quarry.clickhouse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.ServerException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClickHouseExceptionTest {

    /** A shard that is unreachable (279, 369) is no outage of the engine. */
    @ParameterizedTest
    @CsvSource({
        "159, TIMED_OUT, false",
        "307, QUERY_TOO_LARGE, false",
        "202, OVERLOADED, false",
        "279, UNREACHABLE, false",
        "369, UNREACHABLE, false",
        "210, UNREACHABLE, true",
        "62, FAILURE, false"
    })
    void interpretsErrorCodes(int code, QueryOutcome outcome, boolean outage) {
        ClickHouseException failed = ClickHouseException.of(new ServerException(code, "refused", 500, "id"));

        assertEquals(outcome, failed.outcome());
        assertEquals(outage, failed.isOutage());
    }

    /** The texts are those of ClickHouse 26.7; the second one is that of older versions. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Query memory limit exceeded: would use 1.87 GiB (attempt to allocate chunk of 4.00 MiB), maximum: 1.86 GiB. | QUERY_TOO_LARGE
            Memory limit (for query) exceeded: would use 1.87 GiB (attempt to allocate chunk of 4194304 bytes), maximum: 1.86 GiB. | QUERY_TOO_LARGE
            Received from shard-2:9000. DB::Exception: Query memory limit exceeded: would use 1.87 GiB, maximum: 1.86 GiB. | QUERY_TOO_LARGE
            (total) memory limit exceeded: would use 28.80 GiB (attempt to allocate chunk of 4.00 MiB), current RSS: 28.81 GiB, maximum: 28.80 GiB. OvercommitTracker decision: Query was selected to stop by OvercommitTracker. | OVERLOADED
            (total) memory limit exceeded: would use 28.80 GiB, maximum: 28.80 GiB. OvercommitTracker decision: Waiting timeout for memory to be freed is reached. | OVERLOADED
            User memory limit exceeded: would use 9.32 GiB (attempt to allocate chunk of 4.00 MiB), maximum: 9.31 GiB. | OVERLOADED
            Memory limit exceeded: would use 9.32 GiB, maximum: 9.31 GiB. | OVERLOADED
            refused | OVERLOADED
            """)
    void onlyAQueryThatExceedsItsOwnMemoryIsTooLarge(String message, QueryOutcome outcome) {
        ClickHouseException failed = ClickHouseException.of(new ServerException(
                241, "Code: 241. DB::Exception: " + message + " (MEMORY_LIMIT_EXCEEDED)", 500, "id"));

        assertEquals(outcome, failed.outcome());
        assertFalse(failed.isOutage());
    }

    /** Without that text, the code is a bug of ours, such as an empty text that is parsed as a number. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            32  | Attempt to read after eof: while receiving packet from shard-2:9000                | UNREACHABLE | true  | false
            32  | Attempt to read after eof: Cannot parse Int32 from String                         | FAILURE     | false | false
            210 | Connection reset by peer, while reading from socket: while receiving packet from a | UNREACHABLE | true  | false
            210 | Connection reset by peer, while reading from socket                               | UNREACHABLE | true  | true
            """)
    void aShardThatDiesIsNoOutage(int code, String message, QueryOutcome outcome, boolean repeated, boolean outage) {
        ClickHouseException failed = ClickHouseException.of(new ServerException(code, message, 500, "id"));

        assertEquals(outcome, failed.outcome());
        assertEquals(repeated, failed.isWorthRepeating());
        assertEquals(outage, failed.isOutage());
    }

    @Test
    void interpretsFailuresOfTheNetwork() {
        assertOutcome(QueryOutcome.UNREACHABLE, true, new IOException("reset"));
        assertOutcome(QueryOutcome.UNREACHABLE, true, new ConnectTimeoutException("no answer to a SYN"));
        assertOutcome(QueryOutcome.TIMED_OUT, false, new SocketTimeoutException("no answer to a query"));
        assertOutcome(QueryOutcome.OVERLOADED, false, new ConnectionRequestTimeoutException("no free connection"));
    }

    /** A proxy has no error code of ClickHouse. The engine itself answers 500 to statements it refuses. */
    @ParameterizedTest
    @CsvSource({
        "0, 502, UNREACHABLE, true",
        "-1, 504, UNREACHABLE, true",
        "0, 501, FAILURE, false",
        "62, 503, FAILURE, false"
    })
    void interpretsAnswersOfProxies(int code, int status, QueryOutcome outcome, boolean outage) {
        ClickHouseException failed = ClickHouseException.of(new ServerException(code, "refused", status, "id"));

        assertEquals(outcome, failed.outcome());
        assertEquals(outage, failed.isOutage());
    }

    @Test
    void closedConnectionPoolIsAnOutage() {
        assertOutcome(QueryOutcome.UNREACHABLE, true, new IllegalStateException("Connection pool shut down"));
        assertOutcome(QueryOutcome.FAILURE, false, new IllegalStateException("another message"));
    }

    @Test
    void noConnectionAndNoAnswerInTimeSayNothingAboutTheEngine() {
        assertFalse(ClickHouseException.of(new ConnectionRequestTimeoutException("no free connection"))
                .isAnswer());
        assertFalse(ClickHouseException.of(new SocketTimeoutException("no answer to a query"))
                .isAnswer());
        assertTrue(ClickHouseException.of(new ServerException(159, "too slow", 500, "id"))
                .isAnswer());
    }

    private static void assertOutcome(QueryOutcome outcome, boolean outage, Exception thrown) {
        ClickHouseException failed = ClickHouseException.of(new IllegalStateException("wrapped", thrown));

        assertEquals(outcome, failed.outcome());
        assertEquals(outage, failed.isOutage());
    }
}
