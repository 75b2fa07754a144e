package dev.quarry.refining;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * How far a service's refinements had come at some moment.
 *
 * @param asOf every event that the engine had acknowledged before is counted; empty until something has been refined
 * @param behind the same, of organisations that are further behind; empty of one that promises nothing yet
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
