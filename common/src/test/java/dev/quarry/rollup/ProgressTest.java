package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProgressTest {
    private static final Optional<Instant> NOON = Optional.of(Instant.parse("2026-03-01T12:00:00Z"));
    private static final Optional<Instant> BEFORE = Optional.of(Instant.parse("2026-03-01T11:00:00Z"));

    @Test
    void anOrganizationIsAsFreshAsAllUnlessItIsBehind() {
        Progress progress = new Progress(NOON, Map.of("org_behind", BEFORE, "org_new", Optional.empty()));

        assertEquals(NOON, progress.asOf("org_other"));
        assertEquals(BEFORE, progress.asOf("org_behind"));
        assertEquals(Optional.empty(), progress.asOf("org_new"));
    }

    @Test
    void nothingIsFreshBeforeTheFirstPass() {
        assertEquals(Optional.empty(), Progress.NONE.asOf("org_any"));
    }

    @Test
    void laterChangesOfTheMapDoNotMatter() {
        Map<String, Optional<Instant>> behind = new HashMap<>();
        Progress progress = new Progress(NOON, behind);

        behind.put("org_a", BEFORE);

        assertEquals(NOON, progress.asOf("org_a"));
    }
}
