package dev.quarry.organizations.executions;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bronze;
import dev.quarry.rollup.Comparison;
import dev.quarry.rollup.RebuildContext;
import dev.quarry.rollup.RollupDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Recounts executions by the hour as they arrive. It writes zeros for rows of gold whose executions are no longer in
 * bronze: an execution that was deleted, or delivered again with another workspace, would leave its old row.
 */
@ApplicationScoped
class ExecutionRollup implements RollupDefinition {
    private static final String SQL = """
            INSERT INTO execution_counts (organization_id, workspace_id, quarter, success, failed, newest, version)
            SELECT organization_id, workspace_id, quarter, sum(success), sum(failed), max(newest), {version:UInt64}
            FROM
            (
                SELECT
                    organization_id,
                    workspace_id,
                    toStartOfFifteenMinutes(time) AS quarter,
                    status = 'success' AS success,
                    status = 'failed' AS failed,
                    time AS newest
                FROM executions FINAL
                WHERE (organization_id, hour) IN (
                    SELECT arrayJoin(arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})))
                UNION ALL
                SELECT organization_id, workspace_id, quarter, 0, 0, toDateTime64(0, 3, 'UTC')
                FROM execution_counts
                WHERE organization_id IN {organizations:Array(String)}
                  AND (organization_id, toStartOfHour(quarter)) IN (
                    SELECT arrayJoin(arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})))
            )
            GROUP BY organization_id, workspace_id, quarter
            """;

    private static final Comparison COMPARISON = new Comparison("""
                    SELECT
                        toStartOfHour(quarter) AS bucket,
                        concat(
                            toString(sum(successful)), ' successful, ', toString(sum(failures)), ' failed, hash ',
                            toString(sum(cityHash64(workspace_id, quarter, successful, failures, newest)))) AS sums
                    FROM
                    (
                        SELECT
                            workspace_id,
                            toStartOfFifteenMinutes(time) AS quarter,
                            countIf(status = 'success') AS successful,
                            countIf(status = 'failed') AS failures,
                            max(time) AS newest
                        FROM executions FINAL
                        WHERE organization_id = {organization:String}
                          AND hour >= {from:DateTime('UTC')} AND hour < {to:DateTime('UTC')}
                          AND toDate32(time) + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1
                        GROUP BY workspace_id, quarter
                    )
                    GROUP BY bucket
                    """, """
                    SELECT
                        toStartOfHour(quarter) AS bucket,
                        concat(
                            toString(sum(success)), ' successful, ', toString(sum(failed)), ' failed, hash ',
                            toString(sum(cityHash64(workspace_id, quarter, success, failed, newest)))) AS sums
                    FROM execution_counts FINAL
                    WHERE organization_id = {organization:String}
                      AND quarter >= {from:DateTime('UTC')} AND quarter < {to:DateTime('UTC')}
                      AND toDate32(quarter) + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1
                      AND success + failed > 0
                    GROUP BY bucket
                    """);

    @Override
    public String name() {
        return "executions";
    }

    @Override
    public String marks() {
        return "execution_marks";
    }

    @Override
    public List<Bronze> bronze() {
        return List.of(Bronze.byHour("executions"));
    }

    @Override
    public List<String> gold() {
        return List.of("execution_counts");
    }

    @Override
    public Comparison comparison() {
        return COMPARISON;
    }

    @Override
    public int largestBatch() {
        return 500;
    }

    @Override
    public void rebuild(Batch batch, RebuildContext context) {
        context.statement(SQL).bindStarts(batch).execute();
    }
}
