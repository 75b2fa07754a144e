package dev.quarry.organizations.summary;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.quarry.organizations.executions.Executions;
import dev.quarry.organizations.resources.ResourceCounts;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An overview of a workspace.
 *
 * @param updatedAt the newest moment that the numbers reflect: when a resource was last added, removed or changed, or
 *     the time of the newest execution, whichever is later
 */
@Schema(name = "WorkspaceAnalyticsSummary")
public record WorkspaceSummary(
        @Schema(required = true) @JsonProperty("workspace_id")
        String workspaceId,

        @Schema(required = true) ResourceCounts resources,
        @Schema(required = true) Executions executions,

        @Schema(required = true, description = "The newest moment that the numbers reflect, UTC")
        @JsonProperty("updated_at")
        Instant updatedAt) {}
