package dev.quarry.rollup;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Progress of a service's rollups at one moment.
 *
 * @param asOf every event that the engine had acknowledged before this moment is counted; empty until the first pass
 *     has ended
 * @param behind the same moment for each organisation that is further behind; empty if it has none yet
 */
record Progress(Optional<Instant> asOf, Map<String, Optional<Instant>> behind) {
    static final Progress NONE = new Progress(Optional.empty(), Map.of());

    Progress {
        behind = Map.copyOf(behind);
    }

    Optional<Instant> asOf(String organization) {
        return behind.getOrDefault(organization, asOf);
    }
}
