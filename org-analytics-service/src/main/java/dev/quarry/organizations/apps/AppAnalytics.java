package dev.quarry.organizations.apps;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import dev.quarry.organizations.owned.OwnedResources;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** What an app has. */
@Schema(name = "AppAnalytics")
@JsonNaming(SnakeCaseStrategy.class)
public record AppAnalytics(
        @Schema(required = true, description = "Id of the app")
        String appId,

        @Schema(required = true, minimum = "0", description = "Number of augmentations of the app, at least 0")
        long augmentations,

        @Schema(required = true, minimum = "0", description = "Number of namespaces of the app, at least 0")
        long namespaces,

        @Schema(required = true, minimum = "0", description = "Number of endpoints of the app, at least 0")
        long endpoints,

        @Schema(required = true, minimum = "0", description = "Number of releases of the app, at least 0")
        long releases) {

    static AppAnalytics of(String app, OwnedResources owned) {
        return new AppAnalytics(app, owned.augmentations(), owned.namespaces(), owned.endpoints(), owned.releases());
    }
}
