package dev.quarry.rollup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class AuditTest {
    private static final Bucket BUCKET = new Bucket("org_a", Instant.parse("2026-03-01T00:00:00Z"));

    @Test
    void agreesIfNoBucketDiffers() {
        Audit.Difference difference = new Audit.Difference(BUCKET, "1", "2");

        assertTrue(new Audit(3, List.of(), List.of()).agrees());
        assertFalse(new Audit(3, List.of(difference), List.of()).agrees());
        assertFalse(new Audit(3, List.of(), List.of(BUCKET)).agrees());
    }

    @Test
    void aDifferenceReadsAsASentence() {
        assertEquals(
                "org_a 2026-03-01T00:00:00Z: bronze has 1; gold has nothing",
                new Audit.Difference(BUCKET, "1", "").toString());
        assertEquals(
                "org_a 2026-03-01T00:00:00Z: bronze has nothing; gold has 2",
                new Audit.Difference(BUCKET, "", "2").toString());
    }
}
