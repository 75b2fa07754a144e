package dev.quarry.metrics.gold;

import dev.quarry.metrics.Events;
import dev.quarry.testing.StatementHook;
import dev.quarry.testing.Stores;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events that arrive while the job rebuilds other days. */
@QuarkusTest
@QuarkusTestResource(Stores.class)
@QuarkusTestResource(value = StatementHook.class, restrictToAnnotatedClass = true)
class LateArrivalTest extends GoldFixture {
    private static final String FINDS_CHANGES = "INSERT INTO user_changes (organization_id, version, part, user_id";

    @StatementHook.BeforeStatement
    AtomicReference<Consumer<String>> beforeStatement;

    @AfterEach
    void nothingMoreArrives() {
        beforeStatement.set(sql -> {});
    }

    /** Numbers go to new users in the order of their ids, and those for zed and bert are reserved when anna arrives. */
    @Test
    void newUserTakesNoNumberFromAnother() {
        Events.of(caller)
                .toolCall("1", "2026-03-01 10:00:00.000", "zed")
                .toolCall("2", "2026-03-02 10:00:00.000", "bert")
                .deliver();
        beforeStatement.set(sql -> {
            if (sql.contains(FINDS_CHANGES)) {
                beforeStatement.set(later -> {});
                Events.of(caller)
                        .toolCall("3", "2026-03-02 11:00:00.000", "anna")
                        .deliver();
            }
        });
        job.run();
        expectOn("dau", "2026-03-01", 1);

        job.run();
        expect("dau", List.of(1, 2, 0));
        expect("new-users", List.of(1, 2, 0));
        expect("tool-calls", List.of(1, 2, 0));
    }
}
