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
            SELECT
              multiIf(
                {dimension:String} = 'locale', newest.locale,
                {dimension:String} = 'country', newest.country,
                {dimension:String} = 'client', newest.client,
                {dimension:String} = 'device', newest.device,
                {dimension:String} = 'platform', newest.platform,
                newest.version) AS key,
              count() AS users
            FROM user_profiles FINAL
            WHERE organization_id = {organization:String}
            GROUP BY key
            ORDER BY users DESC, key
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
