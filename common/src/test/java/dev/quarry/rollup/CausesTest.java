package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.clickhouse.client.api.ServerException;
import dev.quarry.error.Failure;
import dev.quarry.error.FailureException;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which failures are logged with their stack trace. */
class CausesTest {
    private final Causes causes = new Causes();

    @Test
    void aBugIsNewOnce() {
        RuntimeException bug = new IllegalStateException("first");

        assertTrue(causes.isNewMistake(bug));
        assertFalse(causes.isNewMistake(bug));
        assertTrue(causes.isNewMistake(new IllegalStateException("from another line")));
    }

    @Test
    void theRootCauseTellsBugsApart() {
        RuntimeException root = new IllegalStateException("root");

        assertTrue(causes.isNewMistake(new IllegalArgumentException("wrapper", root)));
        assertFalse(causes.isNewMistake(new UnsupportedOperationException("another wrapper", root)));
        assertFalse(causes.isNewMistake(root));
    }

    @Test
    void aStoreThatIsAwayIsNoBug() {
        assertFalse(causes.isNewMistake(new RollupException("away", new IllegalStateException("socket"))));
    }

    @Test
    void aFailureForTheClientIsABugOnlyIfItIsInternal() {
        assertFalse(causes.isNewMistake(new FailureException(new Failure.QueryTooLarge())));
        assertTrue(causes.isNewMistake(new FailureException(new Failure.Internal())));
    }

    @Test
    void aStopIsNoBug() {
        assertFalse(causes.isNewMistake(new CompletionException(new InterruptedException())));
    }

    @Test
    void theEnginesErrorCodeTellsRefusedStatementsApart() {
        assertTrue(causes.isNewMistake(refused(47)));
        assertFalse(causes.isNewMistake(refused(47)));
        assertTrue(causes.isNewMistake(refused(60)));
    }

    @Test
    void bugsWithoutAStackTraceAreToldApartByTheirClass() {
        assertTrue(causes.isNewMistake(withoutStackTrace(new IllegalStateException())));
        assertFalse(causes.isNewMistake(withoutStackTrace(new IllegalStateException())));
        assertTrue(causes.isNewMistake(withoutStackTrace(new IllegalArgumentException())));
    }

    @Test
    void remembersAThousandBugsAtMost() {
        long logged = IntStream.range(0, 2_000)
                .filter(line -> causes.isNewMistake(atLine(line)))
                .count();

        assertEquals(1_000, logged);
    }

    private static RollupException refused(int code) {
        return new RollupException("refused", new ServerException(code, "refused", 500, ""), true);
    }

    private static RuntimeException withoutStackTrace(RuntimeException bug) {
        bug.setStackTrace(new StackTraceElement[0]);
        return bug;
    }

    private static RuntimeException atLine(int line) {
        RuntimeException bug = new IllegalStateException();
        bug.setStackTrace(new StackTraceElement[] {new StackTraceElement("Rollup", "rebuild", "Rollup.java", line)});
        return bug;
    }
}
