package dev.quarry.integrations;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bronze;
import dev.quarry.rollup.Comparison;
import dev.quarry.rollup.RebuildContext;
import dev.quarry.rollup.RollupDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Rebuilds days of {@code invocation_rollups} from bronze: every hour and the day as a whole, by every combination of the
 * dimensions. A day is written by one INSERT of one block, so a reader sees all of it or nothing.
 *
 * <p>An invocation that is delivered again with another integration or mode leaves its old group, perhaps as its last. The
 * groups that are there already are therefore built again too, from no invocations if need be.
 */
@ApplicationScoped
class Rollups implements RollupDefinition {
    private static final String REBUILD = """
            INSERT INTO invocation_rollups
                (organization_id, level, dimensions, integration_key, mode, bucket, successful, vendor_errors, exceptions,
                latency_sum, latency_max, p50, p90, p95, p99, latencies, latency_counts, error_categories, error_vendor_errors, error_exceptions, version)
            WITH
                arrayZip({organizations:Array(String)}, {days:Array(Date)}) AS buckets,
                facts AS
                (
                    SELECT
                        organization_id, hour, integration_key, mode, error_category, latency,
                        outcome = 'success' AS successful, outcome = 'vendor_error' AS vendor_error, outcome = 'exception' AS exception
                    FROM invocations FINAL
                    WHERE organization_id IN {organizations:Array(String)}
                        AND hour >= toDateTime(arrayMin({days:Array(Date)}), 'UTC')
                        AND hour < toDateTime(arrayMax({days:Array(Date)}) + 1, 'UTC')
                        AND (organization_id, toDate(hour)) IN buckets
                    UNION ALL
                    SELECT organization_id, bucket, integration_key, mode, '', 0, 0, 0, 0
                    FROM invocation_rollups
                    WHERE organization_id IN {organizations:Array(String)}
                        AND level = 'hour'
                        AND dimensions = 3
                        AND bucket >= toDateTime(arrayMin({days:Array(Date)}), 'UTC')
                        AND bucket < toDateTime(arrayMax({days:Array(Date)}) + 1, 'UTC')
                        AND (organization_id, toDate(bucket)) IN buckets
                )
            SELECT
                organization_id,
                'hour',
                if(grouping(integration_key) = 0, 1, 0) + if(grouping(mode) = 0, 2, 0),
                integration_key,
                mode,
                hour,
                sum(successful),
                sum(vendor_error),
                sum(exception),
                sumIf(latency, successful + vendor_error + exception > 0),
                max(latency),
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency, successful + vendor_error + exception) AS percentiles)[1],
                percentiles[2],
                percentiles[3],
                percentiles[4],
                [] AS latencies,
                [] AS latency_counts,
                (sumMapIf([error_category], [toUInt64(vendor_error)], [toUInt64(exception)], vendor_error + exception > 0) AS errors).1,
                errors.2,
                errors.3,
                {version:UInt64}
            FROM facts
            GROUP BY GROUPING SETS
            (
                (organization_id, hour),
                (organization_id, hour, integration_key),
                (organization_id, hour, mode),
                (organization_id, hour, integration_key, mode)
            )
            UNION ALL
            SELECT
                organization_id,
                'day',
                dimensions,
                integration_key,
                mode,
                day,
                sum(successful),
                sum(vendor_errors),
                sum(exceptions),
                sum(latency * n),
                max(latency),
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency, n) AS percentiles)[1],
                percentiles[2],
                percentiles[3],
                percentiles[4],
                (arraySort(groupArrayIf((latency, n), n > 0)) AS histogram).1,
                histogram.2,
                [] AS error_categories,
                [] AS error_vendor_errors,
                [] AS error_exceptions,
                {version:UInt64}
            FROM
            (
                SELECT
                    organization_id,
                    if(grouping(integration_key) = 0, 1, 0) + if(grouping(mode) = 0, 2, 0) AS dimensions,
                    integration_key,
                    mode,
                    toStartOfDay(hour, 'UTC') AS day,
                    latency,
                    sum(successful) AS successful,
                    sum(vendor_error) AS vendor_errors,
                    sum(exception) AS exceptions,
                    successful + vendor_errors + exceptions AS n
                FROM facts
                GROUP BY GROUPING SETS
                (
                    (organization_id, day, latency),
                    (organization_id, day, integration_key, latency),
                    (organization_id, day, mode, latency),
                    (organization_id, day, integration_key, mode, latency)
                )
            )
            GROUP BY organization_id, dimensions, integration_key, mode, day
            SETTINGS max_insert_threads = 1, min_insert_block_size_rows = 100000000, min_insert_block_size_bytes = 4000000000
            """;

    /** Every level and every combination of dimensions has the same totals, eight in all. */
    private static final Comparison COMPARISON = new Comparison("""
                    SELECT
                        toStartOfDay(hour, 'UTC') AS bucket,
                        concat(
                            toString(countIf(outcome = 'success')), ' successful, ',
                            toString(countIf(outcome = 'vendor_error')), ' vendor errors, ',
                            toString(countIf(outcome = 'exception')), ' exceptions, ',
                            toString(sum(latency)), ' ms, hash ',
                            toString(sum(cityHash64(integration_key, mode, toUnixTimestamp(hour))))) AS sums
                    FROM invocations FINAL
                    WHERE organization_id = {organization:String}
                      AND hour >= {from:DateTime('UTC')} AND hour < {to:DateTime('UTC')}
                      AND toDate32(time) + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1
                    GROUP BY bucket
                    """, """
                    SELECT
                        of_day AS bucket,
                        concat(
                            arrayStringConcat(arraySort(groupUniqArray(totals)), ' or '),
                            ', hash ', toString(sumIf(hash, level = 'hour' AND dimensions = 3)),
                            if(count() = 8, '', ', rows are missing')) AS sums
                    FROM
                    (
                        SELECT
                            toStartOfDay(bucket, 'UTC') AS of_day,
                            level,
                            dimensions,
                            concat(
                                toString(sum(successful)), ' successful, ',
                                toString(sum(vendor_errors)), ' vendor errors, ',
                                toString(sum(exceptions)), ' exceptions, ',
                                toString(sum(latency_sum)), ' ms') AS totals,
                            sum(cityHash64(integration_key, mode, toUnixTimestamp(bucket))
                                * (successful + vendor_errors + exceptions)) AS hash
                        FROM invocation_rollups FINAL
                        WHERE organization_id = {organization:String}
                          AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                          AND toDate32(bucket) + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1
                        GROUP BY of_day, level, dimensions
                        HAVING sum(successful) + sum(vendor_errors) + sum(exceptions) > 0
                    )
                    GROUP BY of_day
                    """);

    @Override
    public String name() {
        return "invocations";
    }

    @Override
    public String marks() {
        return "invocation_marks";
    }

    @Override
    public List<Bronze> bronze() {
        return List.of(Bronze.byHour("invocations"));
    }

    @Override
    public List<String> gold() {
        return List.of("invocation_rollups");
    }

    @Override
    public Comparison comparison() {
        return COMPARISON;
    }

    /** Busy tenants' days are large: this bounds the memory that one statement takes. */
    @Override
    public int largestBatch() {
        return 20;
    }

    @Override
    public void rebuild(Batch batch, RebuildContext context) {
        context.statement(REBUILD).bindDays(batch).execute();
    }
}
