package dev.quarry.organizations.executions;

import dev.quarry.testing.Stores;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** An execution as it is delivered. */
record Execution(UUID id, String workspace, Instant time, boolean succeeded) {

    static Execution at(String workspace, String time, boolean succeeded) {
        return new Execution(UUID.randomUUID(), workspace, Instant.parse(time), succeeded);
    }

    /** Delivers all of them, in one batch. */
    static void deliver(String organization, List<Execution> executions) {
        Stores.insert(
                "executions",
                executions.stream()
                        .map(execution -> Map.<String, Object>of(
                                "organization_id",
                                organization,
                                "workspace_id",
                                execution.workspace,
                                "event_id",
                                execution.id.toString(),
                                "time",
                                execution.time.toString().replace("T", " ").replace("Z", ""),
                                "status",
                                execution.succeeded ? "success" : "failed",
                                "duration_ms",
                                12))
                        .toList());
    }
}
