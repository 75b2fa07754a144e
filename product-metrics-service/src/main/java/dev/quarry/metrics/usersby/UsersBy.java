package dev.quarry.metrics.usersby;

import dev.quarry.auth.Caller;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Users by a dimension, the most frequent value first, equally frequent ones by the value. */
@Schema(name = "UsersByResponse")
public record UsersBy(
        @Schema(required = true) String metric,
        @Schema(required = true) String organizationId,
        @Schema(required = true) String dimension,
        @Schema(required = true) List<Group> data) {

    /**
     * The users of one value.
     *
     * @param key the value; empty for users whose newest event says none
     */
    @Schema(name = "UsersByGroup")
    public record Group(
            @Schema(required = true) String key,
            @Schema(required = true) long count) {}

    static UsersBy of(Caller caller, Dimension dimension, List<Group> groups) {
        return new UsersBy("users-by", caller.organization(), dimension.wireName(), groups);
    }
}
