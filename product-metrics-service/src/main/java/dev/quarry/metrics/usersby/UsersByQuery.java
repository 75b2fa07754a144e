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
            SELECT key, count
            FROM user_groups FINAL ARRAY JOIN dimension AS name, value AS key, users AS count
            WHERE organization_id = {organization:String} AND name = {dimension:String}
            ORDER BY count DESC, key
            """;

    private final ClickHouse clickHouse;

    UsersByQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    List<Group> fetch(Caller caller, Dimension dimension) {
        return clickHouse
                .query(caller, SQL)
                .bind("dimension", dimension.wireName())
                .list(row -> new Group(row.nextString(), row.nextLong()));
    }
}
