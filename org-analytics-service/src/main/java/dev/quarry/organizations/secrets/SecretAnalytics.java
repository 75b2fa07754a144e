package dev.quarry.organizations.secrets;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.organizations.GroupCount;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A workspace's secrets, none of which is ever told.
 *
 * @param secretsByType the types with the most secrets, in alphabetical order
 */
@Schema(name = "SecretAnalytics")
@JsonNaming(SnakeCaseStrategy.class)
public record SecretAnalytics(
        @Schema(required = true, minimum = "0", description = "Number of secrets, at least 0")
        long totalSecrets,

        @Schema(required = true, minimum = "0", description = "Number of active secrets, at least 0")
        long activeSecrets,

        @Schema(
                required = true,
                description =
                        "Number of secrets of each type, at least 1; the `limit` largest types, in alphabetical order")
        Map<String, Long> secretsByType)
        implements Tabular {

    @Override
    public Table<?> table() {
        return GroupCount.table(Map.of("type", secretsByType));
    }
}
