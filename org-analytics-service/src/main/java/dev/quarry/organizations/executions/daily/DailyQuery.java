package dev.quarry.organizations.executions.daily;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.organizations.executions.ExecutionSeries;
import dev.quarry.organizations.executions.Period;
import dev.quarry.retention.DataSince;
import dev.quarry.time.WholeDays;
import jakarta.enterprise.context.ApplicationScoped;

/** A workspace's executions per day. */
@ApplicationScoped
class DailyQuery {
    private static final String SQL = """
            SELECT toDateTime(roundDown(toUnixTimestamp(quarter), {days:Array(Int64)}), 'UTC') AS day, sum(success + failed)
            FROM execution_counts FINAL
            WHERE organization_id = {organization:String}
              AND quarter >= {start:DateTime64(3, 'UTC')} AND quarter < {end:DateTime64(3, 'UTC')}
              AND workspace_id = {workspace:String}
            GROUP BY day
            ORDER BY day
            """;

    private final ClickHouse clickHouse;
    private final DataSince since;

    DailyQuery(ClickHouse clickHouse, DataSince since) {
        this.clickHouse = clickHouse;
        this.since = since;
    }

    ExecutionSeries fetch(Caller caller, String workspace, Period period) {
        WholeDays known = since.events(period.window().zone());
        since.tell(known);
        var points = clickHouse
                .query(caller, SQL)
                .bind("workspace", workspace)
                .bindSeconds("days", period.starts())
                .bind("start", period.start())
                .bind("end", period.window().end())
                .list(row -> new ExecutionSeries.Point(row.nextInstant(), row.nextLong()));
        return ExecutionSeries.of("daily", known, points, period.buckets(), period.bucketsBefore());
    }
}
