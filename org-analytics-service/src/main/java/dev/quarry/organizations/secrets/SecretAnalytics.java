package dev.quarry.organizations.secrets;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * Numbers of a workspace's secrets, never the secrets themselves.
 *
 * @param secretsByType the types with the most secrets, in alphabetical order
 */
@Schema(name = "SecretAnalytics")
public record SecretAnalytics(
        @Schema(required = true) @JsonProperty("total_secrets")
        long totalSecrets,

        @Schema(required = true) @JsonProperty("active_secrets")
        long activeSecrets,

        @Schema(required = true) @JsonProperty("secrets_by_type")
        Map<String, Long> secretsByType) {}
