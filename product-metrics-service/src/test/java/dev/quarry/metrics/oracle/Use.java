package dev.quarry.metrics.oracle;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One event, as a client meant it.
 *
 * @param dimensions in the order of {@link #DIMENSIONS}
 */
record Use(
        UUID id, Instant time, String user, String session, boolean toolCall, String feature, List<String> dimensions) {
    static final List<String> DIMENSIONS = List.of("locale", "country", "client", "device", "platform", "version");

    /**
     * This event, delivered again with some columns of another one, on the same day, because the day is part of its
     * key.
     */
    Use corrected(Use other, int what) {
        return switch (what) {
            case 0 -> new Use(id, time, other.user, session, toolCall, feature, dimensions);
            case 1 -> new Use(id, time, user, other.session, toolCall, feature, dimensions);
            case 2 -> new Use(id, time, user, session, other.toolCall, other.feature, dimensions);
            case 3 -> new Use(id, time, user, session, toolCall, feature, other.dimensions);
            default -> new Use(id, timeOfDay(other), user, session, toolCall, feature, dimensions);
        };
    }

    Instant day() {
        return time.truncatedTo(ChronoUnit.DAYS);
    }

    private Instant timeOfDay(Use other) {
        return day().plus(Duration.between(other.day(), other.time));
    }

    Map<String, Object> row(String organization) {
        Map<String, Object> row = new HashMap<>();
        row.put("organization_id", organization);
        row.put("event_id", id.toString());
        row.put("time", time.toString().replace("T", " ").replace("Z", ""));
        row.put("user_id", user);
        row.put("session_id", session);
        row.put("kind", toolCall ? "tool_call" : "feature_use");
        row.put("feature", feature);
        for (int i = 0; i < DIMENSIONS.size(); i++) {
            row.put(DIMENSIONS.get(i), dimensions.get(i));
        }
        return row;
    }
}
