package dev.quarry.metrics.featureadoption;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.metrics.PeriodParameters;
import dev.quarry.metrics.featureadoption.FeatureAdoption.Use;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** In how many of the sessions that started in the window each feature was used. */
@ApplicationScoped
class FeatureAdoptionQuery {
    private static final String UTC = """
            SELECT name, sum(count) AS sessions_with_feature
            FROM (
              SELECT name, toInt64(count) AS count
              FROM session_days FINAL ARRAY JOIN feature AS name, feature_sessions AS count
              WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}
              UNION ALL
              SELECT name, count
              FROM session_corrections FINAL
              ARRAY JOIN feature_day AS period, feature AS name, feature_sessions AS count
              WHERE organization_id = {organization:String} AND period >= {from:Date} AND period < {until:Date}
                AND period IN (SELECT day FROM session_days WHERE organization_id = {organization:String}))
            GROUP BY name
            HAVING sessions_with_feature > 0
            ORDER BY sessions_with_feature DESC, name
            LIMIT {limit:UInt32}
            """;

    private static final String ZONED = """
            SELECT name, sum(count) AS sessions_with_feature
            FROM (
              SELECT start, toInt64(1) AS count, features
              FROM (
                SELECT fragment_start, fragment_features
                FROM session_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
              ARRAY JOIN fragment_start AS start, fragment_features AS features
              UNION ALL
              SELECT start, toInt64(count) AS count, features
              FROM long_sessions FINAL
              ARRAY JOIN change_time AS start, change_sessions AS count, change_features AS features
              WHERE organization_id = {organization:String}
                AND toDate(start) IN (SELECT day FROM session_days WHERE organization_id = {organization:String}))
            ARRAY JOIN features AS name
            WHERE start >= {start:DateTime64(3, 'UTC')} AND start < {end:DateTime64(3, 'UTC')}
            GROUP BY name
            HAVING sessions_with_feature > 0
            ORDER BY sessions_with_feature DESC, name
            LIMIT {limit:UInt32}
            """;

    private final ClickHouse clickHouse;

    FeatureAdoptionQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** The most used features, most used first. */
    List<Use> fetch(Caller caller, PeriodParameters asked) {
        Window window = asked.days();
        var query = asked.isUtc()
                ? clickHouse
                        .query(caller, UTC)
                        .bind("from", window.from())
                        .bind("until", window.to().plusDays(1))
                : clickHouse.query(caller, ZONED).bind("start", window.start()).bind("end", window.end());
        return query.bind("limit", asked.limit()).list(row -> new Use(row.nextString(), row.nextLong()));
    }
}
