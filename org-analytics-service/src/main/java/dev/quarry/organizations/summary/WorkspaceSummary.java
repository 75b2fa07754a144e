package dev.quarry.organizations.summary;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.organizations.executions.Executions;
import dev.quarry.organizations.resources.ResourceCounts;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A workspace at a glance.
 *
 * @param updatedAt the newest moment that the numbers reflect: when a resource last came, went or changed, or the
 *     time of the newest execution, whichever is later
 */
@Schema(name = "WorkspaceAnalyticsSummary")
@JsonNaming(SnakeCaseStrategy.class)
public record WorkspaceSummary(
        @Schema(required = true, description = "Id of the workspace")
        String workspaceId,

        @Schema(required = true, description = "Number of resources of each kind")
        ResourceCounts resources,

        @Schema(required = true, description = "All executions that are kept")
        Executions executions,

        @Schema(
                required = true,
                description =
                        "Newest moment that the numbers reflect, UTC: of an execution, or of a change of a resource")
        Instant updatedAt) {}
