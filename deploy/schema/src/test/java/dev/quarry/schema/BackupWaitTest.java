package dev.quarry.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.clickhouse.client.api.ClickHouseException;
import dev.quarry.schema.BackupWait.State;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BackupWaitTest {
    private static final Supplier<Optional<State>> UNKNOWN = Optional::empty;
    private static final int FEWER_FAILURES = BackupWait.MOST_FAILURES - 1;

    private final Queue<Supplier<Optional<State>>> answers = new ArrayDeque<>();
    private final List<Duration> pauses = new ArrayList<>();

    private static Optional<State> running() {
        return Optional.of(new State("CREATING_BACKUP", ""));
    }

    private static Optional<State> cutOff() {
        throw new ClickHouseException("Connection reset", new IOException());
    }

    @ParameterizedTest
    @ValueSource(strings = {"BACKUP_CREATED", "RESTORED"})
    void endsWithTheBackup(String status) throws InterruptedException {
        answers.addAll(List.of(BackupWaitTest::running, BackupWaitTest::running, ended(status, "")));

        awaitEnd();

        assertEquals(0, answers.size());
        assertEquals(Collections.nCopies(2, Duration.ofMillis(200)), pauses);
    }

    /** Failures before an answer do not count. */
    @Test
    void questionsThatFailAreAskedAgain() throws InterruptedException {
        answers.addAll(Collections.nCopies(FEWER_FAILURES, BackupWaitTest::cutOff));
        answers.add(BackupWaitTest::running);
        answers.addAll(Collections.nCopies(FEWER_FAILURES - 1, UNKNOWN));
        answers.add(BackupWaitTest::cutOff);
        answers.add(ended("BACKUP_CREATED", ""));

        awaitEnd();

        assertEquals(0, answers.size());
        assertEquals(
                2 * FEWER_FAILURES, Collections.frequency(pauses, Duration.ofSeconds(2)), "a longer pause after each");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BACKUP_FAILED", "RESTORE_FAILED", "BACKUP_CANCELLED", "RESTORE_CANCELLED"})
    void failureOfTheBackupIsNotAskedAgain(String status) {
        answers.addAll(List.of(BackupWaitTest::running, ended(status, "No space left"), BackupWaitTest::running));

        assertEquals("ClickHouse failed: No space left", failure());
        assertEquals(1, answers.size());
    }

    @Test
    void tellsWhatIsKnownIfClickHouseDoesNotAnswerAnyMore() {
        answers.add(BackupWaitTest::running);
        answers.addAll(Collections.nCopies(FEWER_FAILURES + 1, BackupWaitTest::cutOff));

        assertEquals(
                "ClickHouse does not answer any more, and may go on: Connection reset"
                        + " (system.backups told last: CREATING_BACKUP; the id is backup-1)",
                failure());
        assertEquals(0, answers.size());
    }

    @Test
    void tellsThatNoServerKnowsTheBackup() {
        answers.addAll(Collections.nCopies(FEWER_FAILURES + 1, UNKNOWN));

        assertEquals(
                "ClickHouse does not know the backup any more: did the server that ran it stop?"
                        + " (system.backups told last: no state; the id is backup-1)",
                failure());
    }

    private String failure() {
        return assertThrows(MigrationException.class, this::awaitEnd).getMessage();
    }

    private void awaitEnd() throws InterruptedException {
        BackupWait.untilEnd("backup-1", () -> answers.remove().get(), pauses::add);
    }

    private static Supplier<Optional<State>> ended(String status, String error) {
        return () -> Optional.of(new State(status, error));
    }
}
