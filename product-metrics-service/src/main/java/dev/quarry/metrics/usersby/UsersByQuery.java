package dev.quarry.metrics.usersby;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.metrics.usersby.UsersBy.Group;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Counts every user once, under what their newest event says. */
@ApplicationScoped
class UsersByQuery {
    private static final String SQL = """
            SELECT key, group_size, count() OVER () AS groups
            FROM user_groups FINAL ARRAY JOIN dimension AS name, value AS key, users AS group_size
            WHERE organization_id = {organization:String} AND name = {dimension:String}
            ORDER BY group_size DESC, key
            LIMIT {limit:UInt32}
            """;

    private final ClickHouse clickHouse;

    UsersByQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /**
     * The largest groups, the largest first.
     *
     * @param omitted how many other groups there are
     */
    record Largest(List<Group> groups, long omitted) {}

    private record Found(Group group, long groups) {}

    Largest fetch(Caller caller, Dimension dimension, int limit) {
        List<Found> found = clickHouse
                .query(caller, SQL)
                .bind("dimension", dimension.wireName())
                .bind("limit", limit)
                .list(row -> new Found(new Group(row.nextString(), row.nextLong()), row.nextLong()));
        long groups = found.isEmpty() ? 0 : found.getFirst().groups();
        return new Largest(found.stream().map(Found::group).toList(), groups - found.size());
    }
}
