package dev.quarry.testing;

import dev.quarry.rollup.Freshness;
import dev.quarry.rollup.RollupJob;
import io.quarkus.arc.Arc;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.awaitility.Awaitility;

/** Brings silver and gold up to date with the events that a test inserted. */
public final class Rollups {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration POLL_INTERVAL = Duration.ofMillis(10);

    private Rollups() {}

    /** Runs a pass if the service runs in this JVM. Otherwise waits until the service has made a pass. */
    public static void run() {
        if (isInThisJvm()) {
            Arc.container().instance(RollupJob.class).get().run();
        } else {
            // Twice: a service's rollups are unknown here until its first pass has ended, and only the start of a
            // second
            // pass shows that the service has read the progress of the first one.
            awaitPass();
            awaitPass();
        }
    }

    /** Lets the service in this JVM know at once what another process announced. */
    public static void readProgress() {
        Arc.container().instance(Freshness.class).get().read();
    }

    private static boolean isInThisJvm() {
        var container = Arc.container();
        return container != null && container.isRunning();
    }

    private static void awaitPass() {
        String now = Stores.execute("SELECT now64(3, 'UTC')").strip();
        Awaitility.await()
                .atMost(PATIENCE)
                .pollDelay(Duration.ZERO)
                .pollInterval(POLL_INTERVAL)
                .until(() -> hasBegunSince(now));
    }

    private static boolean hasBegunSince(String moment) {
        AtomicBoolean begun = new AtomicBoolean();
        Stores.inPostgres(connection -> {
            String sql = "SELECT coalesce(min(as_of) > '" + moment + "+00', false) FROM rollup_progress";
            try (Statement statement = connection.createStatement();
                    ResultSet answer = statement.executeQuery(sql)) {
                answer.next();
                begun.set(answer.getBoolean(1));
            }
        });
        return begun.get();
    }
}
