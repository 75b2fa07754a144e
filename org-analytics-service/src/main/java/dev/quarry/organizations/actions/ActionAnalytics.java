package dev.quarry.organizations.actions;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A workspace's actions.
 *
 * @param triggerActions those that an event starts
 * @param scheduledActions those that a schedule starts
 */
@Schema(name = "ActionAnalytics")
public record ActionAnalytics(
        @Schema(required = true, minimum = "0", description = "Number of actions, at least 0")
        @JsonProperty("total_actions")
        long totalActions,

        @Schema(required = true, minimum = "0", description = "Number of enabled actions, at least 0")
        @JsonProperty("enabled_actions")
        long enabledActions,

        @Schema(required = true, minimum = "0", description = "Number of actions that an event starts, at least 0")
        @JsonProperty("trigger_actions")
        long triggerActions,

        @Schema(required = true, minimum = "0", description = "Number of actions that a schedule starts, at least 0")
        @JsonProperty("scheduled_actions")
        long scheduledActions) {}
