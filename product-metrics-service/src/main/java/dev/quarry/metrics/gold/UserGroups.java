package dev.quarry.metrics.gold;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Workshop;

/** How many users have each value of each dimension: all of an organisation's, since any event can change its user's. */
final class UserGroups {
    private static final String SQL = """
            INSERT INTO user_groups (organization_id, version, last_use, dimension, value, users)
            WITH counted AS (
              SELECT organization_id, name, chosen, count() AS choosers, max(last_use) AS last_choice
              FROM (
                SELECT organization_id, last_use, newest
                FROM user_profiles FINAL
                WHERE organization_id IN {organizations:Array(String)})
              ARRAY JOIN
                ['locale', 'country', 'client', 'device', 'platform', 'version'] AS name,
                [newest.locale, newest.country, newest.client, newest.device, newest.platform, newest.version] AS chosen
              GROUP BY organization_id, name, chosen)
            SELECT organization_id, {version:UInt64}, max(last_choice),
              groupArray(name), groupArray(chosen), groupArray(choosers)
            FROM counted
            GROUP BY organization_id
            """;

    private UserGroups() {}

    static void rebuild(Batch batch, Workshop workshop) {
        workshop.statement(SQL)
                .bind("version", batch.version())
                .bindStrings(
                        "organizations",
                        batch.organizations().stream().distinct().toList())
                .execute();
    }
}
