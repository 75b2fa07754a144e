package dev.quarry.organizations.actions;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A workspace's actions.
 *
 * @param triggerActions those that an event starts
 * @param scheduledActions those that a schedule starts
 */
@Schema(name = "ActionAnalytics")
@JsonNaming(SnakeCaseStrategy.class)
public record ActionAnalytics(
        @Schema(required = true, minimum = "0", description = "Number of actions, at least 0")
        long totalActions,

        @Schema(required = true, minimum = "0", description = "Number of enabled actions, at least 0")
        long enabledActions,

        @Schema(required = true, minimum = "0", description = "Number of actions that an event starts, at least 0")
        long triggerActions,

        @Schema(required = true, minimum = "0", description = "Number of actions that a schedule starts, at least 0")
        long scheduledActions) {}
