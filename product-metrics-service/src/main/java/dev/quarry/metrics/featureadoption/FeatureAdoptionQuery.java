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
    /** All sessions are counted like a feature that each of them uses, whose name is empty: no feature has that name. */
    private static final String UTC = """
            SELECT name, sum(count) AS counted_sessions, countIf(name != '') OVER () AS features
            FROM (
              SELECT name, toInt64(count) AS count
              FROM session_days FINAL
              ARRAY JOIN arrayPushFront(feature, '') AS name, arrayPushFront(feature_sessions, sessions) AS count
              WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}
              UNION ALL
              SELECT name, count
              FROM session_corrections FINAL
              ARRAY JOIN
                arrayConcat(day, feature_day) AS period,
                arrayConcat(arrayMap(changed -> '', day), feature) AS name,
                arrayConcat(sessions, feature_sessions) AS count
              WHERE organization_id = {organization:String} AND period >= {from:Date} AND period < {until:Date}
                AND period IN (SELECT day FROM session_days WHERE organization_id = {organization:String}))
            GROUP BY name
            HAVING name = '' OR counted_sessions > 0
            ORDER BY name != '', counted_sessions DESC, name
            LIMIT {limit:UInt32} + 1
            """;

    private static final String ZONED = """
            SELECT name, sum(count) AS counted_sessions, countIf(name != '') OVER () AS features
            FROM (
              SELECT start, toInt64(1) AS count, used
              FROM (
                SELECT fragment_start, fragment_features
                FROM session_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}))
              ARRAY JOIN fragment_start AS start, fragment_features AS used
              UNION ALL
              SELECT start, toInt64(count) AS count, used
              FROM long_sessions FINAL
              ARRAY JOIN change_time AS start, change_sessions AS count, change_features AS used
              WHERE organization_id = {organization:String}
                AND toDate(start) IN (SELECT day FROM session_days WHERE organization_id = {organization:String}))
            ARRAY JOIN arrayPushFront(used, '') AS name
            WHERE start >= {start:DateTime64(3, 'UTC')} AND start < {end:DateTime64(3, 'UTC')}
            GROUP BY name
            HAVING name = '' OR counted_sessions > 0
            ORDER BY name != '', counted_sessions DESC, name
            LIMIT {limit:UInt32} + 1
            """;

    private final ClickHouse clickHouse;

    FeatureAdoptionQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /**
     * The most used features, most used first.
     *
     * @param sessions all that started in the window, with a feature or without
     * @param omitted how many features were used beside them
     */
    record Adoption(long sessions, List<Use> uses, long omitted) {}

    private record Counted(Use use, long features) {
        boolean isOfAllSessions() {
            return use.feature().isEmpty();
        }
    }

    /** One statement, so that features and all sessions are of the same moment. */
    Adoption fetch(Caller caller, PeriodParameters asked) {
        Window window = asked.days();
        var query = asked.isUtc()
                ? clickHouse
                        .query(caller, UTC)
                        .bind("from", window.from())
                        .bind("until", window.to().plusDays(1))
                : clickHouse.query(caller, ZONED).bind("start", window.start()).bind("end", window.end());
        List<Counted> counted = query.bind("limit", asked.limit())
                .setting("enable_shared_storage_snapshot_in_query", "1")
                .list(row -> new Counted(new Use(row.nextString(), row.nextLong()), row.nextLong()));
        List<Use> uses = counted.stream()
                .filter(one -> !one.isOfAllSessions())
                .map(Counted::use)
                .toList();
        return new Adoption(
                counted.stream()
                        .filter(Counted::isOfAllSessions)
                        .mapToLong(one -> one.use().sessions())
                        .sum(),
                uses,
                counted.isEmpty() ? 0 : counted.getFirst().features() - uses.size());
    }
}
