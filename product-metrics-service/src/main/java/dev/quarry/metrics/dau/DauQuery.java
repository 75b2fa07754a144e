package dev.quarry.metrics.dau;

import dev.quarry.auth.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.metrics.TimeSeries;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Distinct users active on each day. A redelivered event adds no user, so bronze need not be merged first. */
@ApplicationScoped
class DauQuery {
    private static final String SQL = """
            SELECT toDate(time, {zone:String}) AS period, uniqExact(user_id) AS users
            FROM events
            WHERE organization_id = {organization:String}
              AND day >= toDate({start:DateTime64(3, 'UTC')}) AND day <= toDate({end:DateTime64(3, 'UTC')})
              AND time >= {start:DateTime64(3, 'UTC')} AND time < {end:DateTime64(3, 'UTC')}
            GROUP BY period
            """;

    private final ClickHouse clickHouse;

    DauQuery(ClickHouse clickHouse) {
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
