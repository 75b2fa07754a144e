package dev.quarry.integrations;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.UUID;

/** An invocation as it is sent to bronze. {@code id} is what makes it the same one when it is delivered again. */
record Invocation(
        String id,
        Instant time,
        String integration,
        String slug,
        String mode,
        String outcome,
        String errorCategory,
        long latency) {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS").withZone(ZoneOffset.UTC);

    static Invocation success(String id, String time, String integration, long latency) {
        return new Invocation(
                id, Instant.parse(time), integration, integration + "_tool", "vendor_api", "success", "", latency);
    }

    static Invocation failure(String id, String time, String integration, String outcome, String category) {
        return new Invocation(
                id, Instant.parse(time), integration, integration + "_tool", "vendor_api", outcome, category, 100);
    }

    boolean isSuccessful() {
        return outcome.equals("success");
    }

    Map<String, Object> row(String organization) {
        return Map.of(
                "organization_id",
                organization,
                "event_id",
                UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).toString(),
                "time",
                TIME.format(time),
                "integration_key",
                integration,
                "slug",
                slug,
                "mode",
                mode,
                "outcome",
                outcome,
                "error_category",
                errorCategory,
                "latency_ms",
                latency);
    }
}
