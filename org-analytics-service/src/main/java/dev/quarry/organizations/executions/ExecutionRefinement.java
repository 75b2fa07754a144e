package dev.quarry.organizations.executions;

import dev.quarry.refining.Batch;
import dev.quarry.refining.Refinement;
import dev.quarry.refining.Workshop;
import jakarta.enterprise.context.ApplicationScoped;

/**
 * Counts executions anew, hour by hour as they come in. An execution never leaves its quarter of an hour, so a row of gold
 * never has to vanish: it is replaced by one of a larger version.
 */
@ApplicationScoped
class ExecutionRefinement implements Refinement {
    private static final String SQL = """
            INSERT INTO execution_counts (organization_id, workspace_id, quarter, success, failed, newest, version)
            SELECT
                organization_id,
                workspace_id,
                toStartOfFifteenMinutes(time) AS quarter,
                countIf(status = 'success'),
                countIf(status = 'failed'),
                max(time),
                {version:UInt64}
            FROM executions FINAL
            WHERE (organization_id, hour) IN (
                SELECT arrayJoin(arrayZip({organizations:Array(String)}, {starts:Array(DateTime('UTC'))})))
            GROUP BY organization_id, workspace_id, quarter
            """;

    @Override
    public String name() {
        return "executions";
    }

    @Override
    public String marks() {
        return "execution_marks";
    }

    @Override
    public int largestBatch() {
        return 500;
    }

    @Override
    public void rebuild(Batch batch, Workshop workshop) {
        workshop.statement(SQL).bindStarts(batch).execute();
    }
}
