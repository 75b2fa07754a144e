package dev.quarry.organizations.actions;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A workspace's actions.
 *
 * @param triggerActions actions that an event starts
 * @param scheduledActions actions that a schedule starts
 */
@Schema(name = "ActionAnalytics")
public record ActionAnalytics(
        @Schema(required = true) @JsonProperty("total_actions")
        long totalActions,

        @Schema(required = true) @JsonProperty("enabled_actions")
        long enabledActions,

        @Schema(required = true) @JsonProperty("trigger_actions")
        long triggerActions,

        @Schema(required = true) @JsonProperty("scheduled_actions")
        long scheduledActions) {}
