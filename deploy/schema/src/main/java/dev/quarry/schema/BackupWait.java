package dev.quarry.schema;

import com.clickhouse.client.api.ClickHouseException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Waits for the end of a BACKUP or RESTORE by asking, because a proxy may close a connection that is silent for hours.
 * ClickHouse goes on if a question fails, and a node of a cluster that is away for a moment may be the only one that knows
 * the backup. So the wait ends only after many questions in a row without a state.
 */
final class BackupWait {
    /** With the pauses, two minutes or more. */
    static final int MOST_FAILURES = 60;

    private static final Duration INTERVAL = Duration.ofMillis(200);
    private static final Duration INTERVAL_AFTER_FAILURE = Duration.ofSeconds(2);

    /**
     * A row of {@code system.backups}.
     *
     * @param error empty unless the backup failed
     */
    record State(String status, String error) {
        private boolean isSuccess() {
            return status.equals("BACKUP_CREATED") || status.equals("RESTORED");
        }

        private boolean isFailure() {
            return status.endsWith("FAILED") || status.endsWith("CANCELLED");
        }
    }

    /** Waits between two questions. */
    @FunctionalInterface
    interface Pause {
        void sleep(Duration time) throws InterruptedException;
    }

    private BackupWait() {}

    /**
     * Returns when the backup has ended well.
     *
     * @param id of the backup
     * @param question asks once; empty if no node that answered knows the backup
     * @throws MigrationException if the backup failed, or its state cannot be known any more
     */
    static void untilEnd(String id, Supplier<Optional<State>> question, Pause pause) throws InterruptedException {
        String last = "no state";
        int failures = 0;
        while (true) {
            Optional<State> state = Optional.empty();
            String problem = "ClickHouse does not know the backup any more: did the server that ran it stop?";
            ClickHouseException cause = null;
            try {
                state = question.get();
            } catch (ClickHouseException failure) {
                problem = "ClickHouse does not answer any more, and may go on: " + failure.getMessage();
                cause = failure;
            }
            if (state.isPresent()) {
                if (state.get().isSuccess()) {
                    return;
                }
                if (state.get().isFailure()) {
                    throw new MigrationException(
                            "ClickHouse failed: " + state.get().error());
                }
                last = state.get().status();
                failures = 0;
                pause.sleep(INTERVAL);
                continue;
            }
            failures++;
            if (failures == MOST_FAILURES) {
                throw new MigrationException(
                        "%s (system.backups told last: %s; the id is %s)".formatted(problem, last, id), cause);
            }
            pause.sleep(INTERVAL_AFTER_FAILURE);
        }
    }
}
