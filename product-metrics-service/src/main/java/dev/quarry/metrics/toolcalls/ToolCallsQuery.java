package dev.quarry.metrics.toolcalls;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Tool calls of each day; FINAL, because a redelivered call is still one call. */
@ApplicationScoped
class ToolCallsQuery {
    private static final String SQL = """
            SELECT toDate(time, {zone:String}) AS period, count() AS calls
            FROM events FINAL
            WHERE organization_id = {organization:String}
              AND day >= toDate({start:DateTime64(3, 'UTC')}) AND day <= toDate({end:DateTime64(3, 'UTC')})
              AND time >= {start:DateTime64(3, 'UTC')} AND time < {end:DateTime64(3, 'UTC')}
              AND kind = 'tool_call'
            GROUP BY period
            """;

    private final ClickHouse clickHouse;

    ToolCallsQuery(ClickHouse clickHouse) {
        this.clickHouse = clickHouse;
    }

    /** Days on which something happened, in no order. */
    List<TimeSeries.Point> fetch(Caller caller, Window window) {
        return clickHouse
                .query(caller, SQL)
                .bind("start", window.start())
                .bind("end", window.end())
                .bind("zone", window.zone())
                .list(row -> new TimeSeries.Point(row.nextDate(), row.nextLong()));
    }
}
