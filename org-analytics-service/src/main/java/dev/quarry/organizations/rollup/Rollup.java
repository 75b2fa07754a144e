package dev.quarry.organizations.rollup;

import com.fasterxml.jackson.annotation.JsonProperty;
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
public record Rollup(
        @Schema(required = true) @JsonProperty("org_id") String organizationId,

        @Schema(required = true, nullable = true) @JsonProperty("workspace_id")
        String workspaceId,

        @Schema(required = true) long workspaces,
        @Schema(required = true) ResourceCounts resources,
        @Schema(required = true) Executions executions,

        @Schema(required = true, description = "The newest moment that the numbers reflect, UTC")
        @JsonProperty("updated_at")
        Instant updatedAt) {}
