package dev.quarry.organizations.apps;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** The numbers of an app's resources. */
@Schema(name = "AppAnalytics")
public record AppAnalytics(
        @Schema(required = true) @JsonProperty("app_id") String appId,

        @Schema(required = true) long augmentations,
        @Schema(required = true) long namespaces,
        @Schema(required = true) long endpoints,
        @Schema(required = true) long releases) {}
