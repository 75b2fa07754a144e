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
              SELECT
                arrayConcat(if(day < {until:Date}, feature, []), if(day > {from:Date}, continued_feature, [])) AS names,
                arrayConcat(
                  if(day < {until:Date}, feature_sessions, []),
                  if(day > {from:Date}, continued_feature_sessions, [])) AS counts
              FROM activity_days FINAL
              WHERE organization_id = {organization:String} AND day >= {from:Date} AND day <= {until:Date})
            ARRAY JOIN names AS name, counts AS count
            GROUP BY name
            ORDER BY sessions_with_feature DESC, name
            LIMIT {limit:UInt32}
            """;

    private static final String ZONED = """
            SELECT name, count() AS sessions_with_feature
            FROM (
              SELECT features
              FROM (
                SELECT
                  arrayConcat(session_start, continued_start) AS starts,
                  arrayConcat(session_features, continued_features) AS features_of_starts
                FROM activity_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}) + 1)
              ARRAY JOIN starts AS start, features_of_starts AS features
              WHERE start >= {start:DateTime64(3, 'UTC')} AND start < {end:DateTime64(3, 'UTC')})
            ARRAY JOIN features AS name
            GROUP BY name
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
