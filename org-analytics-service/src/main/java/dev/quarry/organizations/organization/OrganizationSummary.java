package dev.quarry.organizations.organization;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.organizations.executions.Executions;
import dev.quarry.organizations.resources.ResourceCounts;
import java.time.Instant;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * An organisation at a glance: the sum over its workspaces, or one of them.
 *
 * @param workspaceId the workspace that was asked for; null for all of them
 * @param workspaces how many workspaces the numbers are of
 */
@Schema(name = "OrgAnalyticsRollup")
@JsonNaming(SnakeCaseStrategy.class)
public record OrganizationSummary(
        @Schema(required = true, description = "Id of the organisation") @JsonProperty("org_id")
        String organizationId,

        @Schema(
                required = true,
                nullable = true,
                description = "Id of the workspace that was asked for; null for all workspaces")
        String workspaceId,

        @Schema(required = true, minimum = "0", description = "Number of workspaces in the sums, at least 0")
        long workspaces,

        @Schema(required = true, description = "Number of resources of each kind")
        ResourceCounts resources,

        @Schema(required = true, description = "All executions that are kept")
        Executions executions,

        @Schema(
                required = true,
                description =
                        "Newest moment that the numbers reflect, UTC: of an execution, or of a change of a resource")
        Instant updatedAt) {}
