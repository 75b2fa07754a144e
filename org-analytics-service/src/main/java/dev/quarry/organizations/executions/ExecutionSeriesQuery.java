package dev.quarry.organizations.executions;

import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.comparison.CompareParameter;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.WorkspacePath;
import dev.quarry.retention.DataSince;
import dev.quarry.time.Spine;
import dev.quarry.time.WholeDays;
import dev.quarry.time.Window;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.List;
import org.jboss.resteasy.reactive.RestResponse;

/** A workspace's executions per hour or day. */
@ApplicationScoped
public class ExecutionSeriesQuery {
    private static final String SQL = """
            SELECT
                toDateTime(roundDown(toUnixTimestamp(quarter), {starts:Array(Int64)}), 'UTC') AS bucket,
                sum(success + failed)
            FROM execution_counts FINAL
            WHERE organization_id = {organization:String}
              AND quarter >= {start:DateTime64(3, 'UTC')} AND quarter < {end:DateTime64(3, 'UTC')}
              AND workspace_id = {workspace:String}
            GROUP BY bucket
            ORDER BY bucket
            """;

    private final ClickHouse clickHouse;
    private final Directory directory;
    private final DataSince since;

    ExecutionSeriesQuery(ClickHouse clickHouse, Directory directory, DataSince since) {
        this.clickHouse = clickHouse;
        this.directory = directory;
        this.since = since;
    }

    /**
     * Answers a request. Refuses a workspace that the caller's organisation does not have.
     *
     * @param parameters of the request; the same for requests with the same answer
     */
    public RestResponse<ExecutionSeries> answer(
            Caller caller, WorkspacePath path, ExecutionPeriod period, CompareParameter comparison, Record parameters) {
        return directory.answer(caller, path, parameters, () -> fetch(caller, path.workspace(), period, comparison));
    }

    private ExecutionSeries fetch(
            Caller caller, String workspace, ExecutionPeriod period, CompareParameter comparison) {
        WholeDays known = since.events(period.window().zone());
        since.tell(known);
        ExecutionSeries series =
                ExecutionSeries.of(period, known, points(caller, workspace, period.whole(), period.starts()));
        return period.earlier(comparison)
                .map(earlier -> compared(caller, workspace, series, earlier, period.bucketsOf(earlier), known))
                .orElse(series);
    }

    private ExecutionSeries compared(
            Caller caller,
            String workspace,
            ExecutionSeries series,
            Window earlier,
            Spine<Instant> buckets,
            WholeDays known) {
        List<ExecutionSeries.Point> points = earlier.within(known)
                .map(kept -> points(caller, workspace, kept, buckets.buckets()))
                .orElse(List.of());
        return series.with(buckets, known, points);
    }

    private List<ExecutionSeries.Point> points(Caller caller, String workspace, Window window, List<Instant> starts) {
        return WindowBinding.instants(clickHouse.query(caller, SQL), window)
                .bind("workspace", workspace)
                .bindSeconds("starts", starts)
                .list(row -> new ExecutionSeries.Point(row.nextInstant(), row.nextLong()));
    }
}
