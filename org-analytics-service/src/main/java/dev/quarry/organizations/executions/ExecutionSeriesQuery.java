package dev.quarry.organizations.executions;

import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.clickhouse.ClickHouse;
import dev.quarry.clickhouse.WindowBinding;
import dev.quarry.organizations.Directory;
import dev.quarry.organizations.WorkspacePath;
import dev.quarry.retention.DataSince;
import dev.quarry.time.WholeDays;
import jakarta.enterprise.context.ApplicationScoped;
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
    private final AnswerCache cache;

    ExecutionSeriesQuery(ClickHouse clickHouse, Directory directory, DataSince since, AnswerCache cache) {
        this.clickHouse = clickHouse;
        this.directory = directory;
        this.since = since;
        this.cache = cache;
    }

    /**
     * Answers a request. Refuses a workspace that the caller's organisation does not have.
     *
     * @param parameters of the request; the same for requests with the same answer
     */
    public RestResponse<ExecutionSeries> answer(
            Caller caller, WorkspacePath path, ExecutionPeriod period, Record parameters) {
        return directory.inWorkspace(
                caller, path, () -> cache.answer(caller, parameters, () -> fetch(caller, path.workspace(), period)));
    }

    private ExecutionSeries fetch(Caller caller, String workspace, ExecutionPeriod period) {
        WholeDays known = since.events(period.window().zone());
        since.tell(known);
        var points = WindowBinding.instants(clickHouse.query(caller, SQL), period.whole())
                .bind("workspace", workspace)
                .bindSeconds("starts", period.starts())
                .list(row -> new ExecutionSeries.Point(row.nextInstant(), row.nextLong()));
        return ExecutionSeries.of(period, known, points);
    }
}
