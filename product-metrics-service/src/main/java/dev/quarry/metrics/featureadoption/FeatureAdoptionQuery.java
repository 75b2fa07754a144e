package dev.quarry.metrics.featureadoption;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.metrics.LocalDays;
import dev.quarry.metrics.Period;
import dev.quarry.metrics.featureadoption.FeatureAdoption.Use;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Counts, for each feature, the sessions that started in the window and used it. */
@ApplicationScoped
class FeatureAdoptionQuery {
    /** Counts all sessions under the empty name, as if each session used it: no feature has that name. */
    private static final String UTC = """
            SELECT name, sum(count) AS counted_sessions, countIf(name != '') OVER () AS features
            FROM activity_counts FINAL
            ARRAY JOIN arrayPushFront(feature, '') AS name, arrayPushFront(feature_sessions, sessions) AS count
            WHERE organization_id = {organization:String} AND day >= {from:Date} AND day < {until:Date}
            GROUP BY name
            ORDER BY name != '', counted_sessions DESC, name
            LIMIT {limit:UInt32} + 1
            """;

    /** The second day lists only features that the session did not use on the first, so each counts once. */
    private static final String ZONED = """
            SELECT name, count() AS counted_sessions, countIf(name != '') OVER () AS features
            FROM (
              SELECT used
              FROM (
                SELECT
                  arrayConcat(session_start, continued_start) AS starts,
                  arrayConcat(
                    arrayMap(used -> arrayPushFront(used, ''), session_features), continued_features) AS used_of_starts
                FROM activity_days FINAL
                WHERE organization_id = {organization:String}
                  AND day >= toDate32({start:DateTime64(3, 'UTC')}) AND day <= toDate32({end:DateTime64(3, 'UTC')}) + 1)
              ARRAY JOIN starts AS start, used_of_starts AS used
              WHERE start >= {start:DateTime64(3, 'UTC')} AND start < {end:DateTime64(3, 'UTC')})
            ARRAY JOIN used AS name
            GROUP BY name
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
     * @param sessions all sessions that started in the window, with or without a feature
     * @param omitted how many other features were used
     */
    record Adoption(long sessions, List<Use> uses, long omitted) {
        static final Adoption NONE = new Adoption(0, List.of(), 0);
    }

    private record Counted(Use use, long features) {
        boolean isOfAllSessions() {
            return use.feature().isEmpty();
        }
    }

    /** One statement, so that features and sessions are from the same snapshot. */
    Adoption fetch(Caller caller, Period period) {
        Window window = period.days();
        var query = period.isUtc()
                ? WindowBinding.days(clickHouse.query(caller, UTC), window).onOneThread()
                : WindowBinding.instants(clickHouse.query(caller, ZONED), window)
                        .weight(LocalDays.ZONED_WEIGHT);
        List<Counted> counted = query.bind("limit", period.limit())
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
