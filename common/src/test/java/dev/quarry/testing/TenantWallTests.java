package dev.quarry.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import jakarta.inject.Inject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Two walls keep the rows of tenants in ClickHouse apart: the condition in the SQL, and the filter that the engine adds
 * to every table. Requests every route of the served OpenAPI document while one of them is missing. A service extends
 * this class once, with {@link Stores} and {@link TenantWalls}.
 */
public abstract class TenantWallTests {
    private static final Set<String> WALLS = Set.of(TenantWalls.PREDICATE, TenantWalls.FILTER);

    @Inject
    TestClock clock;

    @TenantWalls.Removed
    Set<String> removed;

    @TenantWalls.Predicates
    AtomicInteger predicates;

    private Tenant ours;

    /** Creates an organisation with {@code size} rows of each kind, in resources with this id. */
    protected abstract Tenant tenant(int size, String id);

    /** With equal ids, so that only the organisation tells their rows apart. */
    @BeforeEach
    void twoTenantsHaveData() {
        String id = UUID.randomUUID().toString();
        tenant(2, id);
        ours = tenant(1, id);
        // A moment after everything was delivered.
        clock.setTo(Instant.now().plusSeconds(10));
    }

    @AfterEach
    void restore() {
        removed.clear();
        clock.reset();
    }

    @Test
    void theFilterIsEnough() throws IOException {
        assumeFalse(TestEngine.isCluster(), "The engine refuses a query that does not name its shard");
        assumeFalse(
                TestEngine.hasUsers(),
                "ClickHouse 26.7 fails with code 10 if a row policy and a filter need a column that the query does not");
        assertEquals(List.of(), changedWithout(Set.of(TenantWalls.PREDICATE)));
    }

    @Test
    void thePredicateIsEnough() throws IOException {
        assertEquals(List.of(), changedWithout(Set.of(TenantWalls.FILTER)));
    }

    /** A server with users has a third wall. */
    @Test
    void theRowPoliciesAreEnough() throws IOException {
        assumeTrue(TestEngine.hasUsers(), "There are no users");
        assertEquals(List.of(), changedWithout(WALLS));
    }

    /** Shows that the tests above can fail. */
    @Test
    void withoutBothEveryRouteShowsForeignRows() throws IOException {
        assumeFalse(TestEngine.hasUsers(), "The row policies hide the rows");
        assumeFalse(TestEngine.isCluster(), "The engine refuses a query that does not name its shard");
        List<String> reading = new ArrayList<>();
        List<String> showing = new ArrayList<>();
        for (Operation operation : Operation.served()) {
            predicates.set(0);
            ours.ask(operation).send();
            if (predicates.get() > 0) {
                reading.add(operation.path());
                for (Request request : ours.questions(operation)) {
                    if (!showing.contains(operation.path()) && changesWithout(WALLS, request)) {
                        showing.add(operation.path());
                    }
                }
            }
        }
        assertFalse(reading.isEmpty(), "No route reads ClickHouse");
        assertEquals(reading, showing);
    }

    /** The requests that get another answer. */
    private List<Request> changedWithout(Set<String> walls) throws IOException {
        List<Request> changed = new ArrayList<>();
        for (Operation operation : Operation.served()) {
            for (Request request : ours.questions(operation)) {
                if (changesWithout(walls, request)) {
                    changed.add(request);
                }
            }
        }
        return changed;
    }

    private boolean changesWithout(Set<String> walls, Request request) throws IOException {
        String whole = request.send().comparable(request.identifiers());
        removed.addAll(walls);
        String breached = request.send().comparable(request.identifiers());
        removed.clear();
        return !breached.equals(whole);
    }
}
