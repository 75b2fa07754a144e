package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Counts the statements of one warm request for every route of the served OpenAPI document. A service extends this
 * class once, with {@link Stores} and {@link StatementRecorder}; a new route without a budget fails.
 */
public abstract class StatementBudgetTests {
    private static final int WARM_UP = 2;
    /**
     * The service also queries its stores in the background, about once a second, so the request with the fewest
     * statements counts.
     */
    private static final int REQUESTS = 8;

    /** The connection that hears notifications sends it all the time; no request does. */
    private static final String HEARTBEAT = "SELECT 1";

    /** The rate limit takes a share of several requests at once, but a new one if requests are half a second apart. */
    private static final String RATE_LIMIT = " rate_limits ";

    @StatementRecorder.ToClickHouse
    Queue<String> toClickHouse;

    @StatementRecorder.ToPostgres
    Queue<String> toPostgres;

    /** Maximum number of statements of one warm request: none if its answer is cached. */
    public record Budget(int clickHouse, int postgres) {}

    private record Sent(List<String> toClickHouse, List<String> toPostgres) {}

    /** The requests whose statements are counted. */
    protected abstract EveryRouteTests requests();

    /** By the path of the document, with its placeholders. */
    protected abstract Map<String, Budget> budgets();

    @Test
    void aWarmRequestOfEveryRouteKeepsItsBudget() throws Exception {
        Map<String, Budget> budgets = budgets();
        assertEquals(EveryRouteTests.documented(), new TreeSet<>(budgets.keySet()), "the routes with a budget");
        Map<String, EveryRouteTests.Route> requests = requests().routes();
        Sent first = statements(requests.values().iterator().next());
        assertFalse(first.toClickHouse().isEmpty(), "No query to ClickHouse is seen");
        assertFalse(first.toPostgres().isEmpty(), "No statement to PostgreSQL is seen");

        assertAll(budgets.entrySet().stream().map(budget -> () -> {
            EveryRouteTests.Route request = requests.get(budget.getKey());
            for (int i = 0; i < WARM_UP; i++) {
                statements(request);
            }
            List<Sent> sent = new ArrayList<>();
            for (int i = 0; i < REQUESTS; i++) {
                sent.add(statements(request));
            }
            Budget allowed = budget.getValue();
            assertAll(
                    () -> check(budget.getKey(), "ClickHouse", allowed.clickHouse(), fewest(sent, Sent::toClickHouse)),
                    () -> check(budget.getKey(), "PostgreSQL", allowed.postgres(), fewest(sent, Sent::toPostgres)));
        }));
    }

    private Sent statements(EveryRouteTests.Route request) throws Exception {
        toClickHouse.clear();
        toPostgres.clear();
        assertTrue(request.read() > 0, "the answer has no data");
        return new Sent(
                List.copyOf(toClickHouse),
                toPostgres.stream()
                        .filter(sql -> !sql.equals(HEARTBEAT) && !sql.contains(RATE_LIMIT))
                        .toList());
    }

    private static List<String> fewest(List<Sent> sent, Function<Sent, List<String>> store) {
        return sent.stream().map(store).min(Comparator.comparingInt(List::size)).orElseThrow();
    }

    private static void check(String path, String store, int budget, List<String> statements) {
        assertTrue(
                statements.size() <= budget,
                () -> "%s sends %d statements to %s, not at most %d:%n%s"
                        .formatted(path, statements.size(), store, budget, String.join("\n---\n", statements)));
    }
}
