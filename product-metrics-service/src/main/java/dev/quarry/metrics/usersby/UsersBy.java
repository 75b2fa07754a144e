package dev.quarry.metrics.usersby;

import dev.quarry.caller.Caller;
import dev.quarry.metrics.Dimension;
import dev.quarry.tabular.Table;
import dev.quarry.tabular.Tabular;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** Users by a dimension, the most frequent value first, equally frequent values sorted by value. */
@Schema(name = "UsersByResponse")
public record UsersBy(
        @Schema(required = true, description = "Name of the endpoint")
        String metric,

        @Schema(required = true, description = "Organization that the numbers are about")
        String organizationId,

        @Schema(required = true, description = "Property of users to group by")
        String dimension,

        @Schema(required = true, description = "Values by number of users, the largest first; at most `limit` of them")
        List<Group> data)
        implements Tabular {

    @Override
    public Table<?> table() {
        return new Table<>(Group.class, data);
    }

    /**
     * The users with one value.
     *
     * @param key the value; empty for users none of whose events has one
     */
    @Schema(name = "UsersByGroup")
    public record Group(
            @Schema(required = true, description = "The value; empty for users none of whose events has one")
            String key,

            @Schema(required = true, description = "Number of users with the value, at least 1")
            long count) {}

    static UsersBy of(Caller caller, Dimension dimension, List<Group> groups) {
        return new UsersBy("users-by", caller.organization(), dimension.wireName(), groups);
    }
}
