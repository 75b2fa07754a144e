package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final Optional<Instant> NOON = Optional.of(Instant.parse("2026-03-01T12:00:00Z"));
    private static final Optional<Instant> BEFORE = Optional.of(Instant.parse("2026-03-01T11:00:00Z"));

    @Test
    void anOrganizationIsAsFreshAsAllUnlessItIsBehind() {
        Progress progress =
                new Progress(NOON, Map.of("org_behind", BEFORE, "org_new", Optional.empty()), Map.of(), Map.of());

        assertEquals(NOON, progress.asOf("org_other"));
        assertEquals(BEFORE, progress.asOf("org_behind"));
        assertEquals(Optional.empty(), progress.asOf("org_new"));
    }

    @Test
    void anOrganizationIsAsFreshAsItsShards() {
        Progress progress = new Progress(
                BEFORE,
                Map.of("org_behind", BEFORE),
                Map.of(1, BEFORE, 2, NOON, 3, Optional.empty()),
                Map.of(
                        "org_one", Set.of(1),
                        "org_two", Set.of(2),
                        "org_moving", Set.of(1, 2),
                        "org_new_shard", Set.of(2, 3),
                        "org_removed_shard", Set.of(4),
                        "org_behind", Set.of(2)));

        assertEquals(BEFORE, progress.asOf("org_one"));
        assertEquals(NOON, progress.asOf("org_two"));
        assertEquals(BEFORE, progress.asOf("org_moving"));
        assertEquals(Optional.empty(), progress.asOf("org_new_shard"));
        assertEquals(Optional.empty(), progress.asOf("org_removed_shard"));
        assertEquals(BEFORE, progress.asOf("org_behind"));
        assertEquals(BEFORE, progress.asOf("org_unknown"));
    }

    /** It may have fallen behind on a shard that it has left. */
    @Test
    void anOrganizationThatIsBehindIsNotFresherThanItsShards() {
        Progress progress =
                new Progress(BEFORE, Map.of("org_behind", NOON), Map.of(1, BEFORE), Map.of("org_behind", Set.of(1)));

        assertEquals(BEFORE, progress.asOf("org_behind"));
    }

    @Test
    void nothingIsFreshBeforeTheFirstPass() {
        assertEquals(Optional.empty(), Progress.NONE.asOf("org_any"));
    }

    @Test
    void laterChangesOfTheMapDoNotMatter() {
        Map<String, Optional<Instant>> behind = new HashMap<>();
        Progress progress = new Progress(NOON, behind, Map.of(), Map.of());

        behind.put("org_a", BEFORE);

        assertEquals(NOON, progress.asOf("org_a"));
    }
}
