package dev.quarry.metrics.usersby;

import com.google.errorprone.annotations.CompileTimeConstant;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.metrics.Dimension;
import dev.quarry.metrics.usersby.UsersBy.Group;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.LocalDate;
import java.util.List;

/** Counts every user once, under the newest value that any event of the user has. */
@ApplicationScoped
class UsersByQuery {
    /** Returns no rows unless the stored counts cover exactly the users who were active since {@code first}. */
    private static final String COUNTED = """
            SELECT key, group_size, count() OVER () AS groups
            FROM user_groups FINAL ARRAY JOIN dimension AS name, value AS key, users AS group_size
            WHERE organization_id = {organization:String} AND name = {dimension:String}
              AND border < {first:Date} AND toDate32(oldest_use) >= {first:Date}
            ORDER BY group_size DESC, key
            LIMIT {limit:UInt32}
            """;

    private static final String USERS = """
            SELECT key, count() AS group_size, count() OVER () AS groups
            FROM (
              SELECT profile[indexOf(['locale', 'country', 'client', 'device', 'platform', 'version'], {dimension:String})]
                AS key
              FROM users FINAL
              WHERE organization_id = {organization:String} AND toDate32(last_use) >= {first:Date} AND notEmpty(profile))
            GROUP BY key
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

    /**
     * Reads the counts of the rollup job, or counts all users. The job counts users again once a day, if there are
     * events. Until then its counts may include users who were last active on a day that is no longer kept.
     *
     * @param first the first day whose events are kept; users last active earlier do not count
     */
    Largest fetch(Caller caller, Dimension dimension, LocalDate first, int limit) {
        List<Found> counted = found(caller, COUNTED, dimension, first, limit);
        List<Found> found = counted.isEmpty() ? found(caller, USERS, dimension, first, limit) : counted;
        long groups = found.isEmpty() ? 0 : found.getFirst().groups();
        return new Largest(found.stream().map(Found::group).toList(), groups - found.size());
    }

    private List<Found> found(
            Caller caller, @CompileTimeConstant String sql, Dimension dimension, LocalDate first, int limit) {
        return clickHouse
                .query(caller, sql)
                .bind("dimension", dimension.wireName())
                .bind("first", first)
                .bind("limit", limit)
                .list(row -> new Found(new Group(row.nextString(), row.nextLong()), row.nextLong()));
    }
}
