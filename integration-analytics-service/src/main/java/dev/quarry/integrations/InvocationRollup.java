package dev.quarry.integrations;

import dev.quarry.rollup.Batch;
import dev.quarry.rollup.Bronze;
import dev.quarry.rollup.Comparison;
import dev.quarry.rollup.RebuildContext;
import dev.quarry.rollup.RollupDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/**
 * Rebuilds days of {@code invocation_rollups} from bronze: every hour, the day as a whole and its error categories, by
 * every combination of the dimensions. A day is written by one INSERT of one block, so a reader sees all of it or nothing.
 *
 * <p>An invocation that is delivered again with another integration or mode leaves its old group, perhaps as its last. The
 * groups that are there already are therefore built again too, from no invocations if need be.
 */
@ApplicationScoped
class InvocationRollup implements RollupDefinition {
    /**
     * The rows of {@code organizations} and {@code days}, from bronze; groups that are no longer there have zeros. Names
     * that are not valid UTF-8 count under the name that answers show, so that no two groups have the same name.
     */
    private static final String ROWS = """
            WITH
                arrayZip({organizations:Array(String)}, {days:Array(Date)}) AS buckets,
                facts AS
                (
                    SELECT
                        organization_id, hour, toValidUTF8(invocations.integration_key) AS integration_key,
                        toValidUTF8(invocations.mode) AS mode, toValidUTF8(invocations.error_category) AS error_category, latency,
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
                'hour' AS level,
                if(grouping(integration_key) = 0, 1, 0) + if(grouping(mode) = 0, 2, 0) AS dimensions,
                integration_key,
                mode,
                '' AS category,
                hour AS bucket,
                sum(successful) AS successful_count,
                sum(vendor_error) AS vendor_error_count,
                sum(exception) AS exception_count,
                sumIf(latency, successful + vendor_error + exception > 0) AS latency_sum,
                max(latency) AS latency_max,
                (quantilesExactWeighted(0.5, 0.9, 0.95, 0.99)(latency, successful + vendor_error + exception) AS percentiles)[1] AS p50,
                percentiles[2] AS p90,
                percentiles[3] AS p95,
                percentiles[4] AS p99,
                [] AS latencies,
                [] AS latency_counts
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
                '',
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
                histogram.2
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
            UNION ALL
            SELECT
                organization_id,
                'day',
                4 + if(grouping(integration_key) = 0, 1, 0) + if(grouping(mode) = 0, 2, 0),
                integration_key,
                mode,
                error_category,
                toStartOfDay(hour, 'UTC') AS day,
                0,
                sum(vendor_error),
                sum(exception),
                0, 0, 0, 0, 0, 0, [], []
            FROM
            (
                SELECT organization_id, hour, integration_key, mode, error_category, vendor_error, exception
                FROM facts
                WHERE vendor_error + exception > 0
                UNION ALL
                SELECT organization_id, bucket, integration_key, mode, error_category, 0, 0
                FROM invocation_rollups
                WHERE organization_id IN {organizations:Array(String)}
                    AND level = 'day'
                    AND dimensions = 7
                    AND bucket >= toDateTime(arrayMin({days:Array(Date)}), 'UTC')
                    AND bucket < toDateTime(arrayMax({days:Array(Date)}) + 1, 'UTC')
                    AND (organization_id, toDate(bucket)) IN buckets
            )
            GROUP BY GROUPING SETS
            (
                (organization_id, day, error_category),
                (organization_id, day, integration_key, error_category),
                (organization_id, day, mode, error_category),
                (organization_id, day, integration_key, mode, error_category)
            )
            """;

    private static final String REBUILD = """
            INSERT INTO invocation_rollups
                (organization_id, level, dimensions, integration_key, mode, error_category, bucket, successful, vendor_errors,
                exceptions, latency_sum, latency_max, p50, p90, p95, p99, latencies, latency_counts, version)
            SELECT *, {version:UInt64}
            FROM
            (
            """ + ROWS + """
            )
            SETTINGS max_insert_threads = 1, min_insert_block_size_rows = 100000000, min_insert_block_size_bytes = 4000000000
            """;

    private static final String SUMS = """
            concat(
                toString(sumIf(successful, level = 'day' AND dimensions = 0)), ' successful, ',
                toString(sumIf(vendor_errors, level = 'day' AND dimensions = 0)), ' vendor errors, ',
                toString(sumIf(exceptions, level = 'day' AND dimensions = 0)), ' exceptions, ',
                toString(count()), ' rows, hash ',
                toString(sum(cityHash64(
                    level, dimensions, integration_key, mode, error_category, bucket, successful, vendor_errors, exceptions,
                    latency_sum, latency_max, p50, p90, p95, p99, latencies, latency_counts)))) AS sums
            """;

    /** Compares every column of every row; the bronze side makes the rows in the same way as a rebuild. */
    private static final Comparison COMPARISON = new Comparison("""
            SELECT of_day AS bucket, sums
            FROM
            (
                SELECT toStartOfDay(bucket, 'UTC') AS of_day,
            """ + SUMS + """
                FROM
                (
                    SELECT
                        level, toUInt8(dimensions) AS dimensions, integration_key, mode, category AS error_category, bucket,
                        toUInt64(successful_count) AS successful, toUInt64(vendor_error_count) AS vendor_errors,
                        toUInt64(exception_count) AS exceptions, toUInt64(latency_sum) AS latency_sum,
                        toUInt32(latency_max) AS latency_max, toUInt32(p50) AS p50, toUInt32(p90) AS p90,
                        toUInt32(p95) AS p95, toUInt32(p99) AS p99,
                        CAST(latencies, 'Array(UInt32)') AS latencies,
                        CAST(latency_counts, 'Array(UInt64)') AS latency_counts
                    FROM
                    (
            """ + ROWS + """
                    )
                )
                WHERE successful + vendor_errors + exceptions > 0
                  AND toDate32(bucket) + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1
                GROUP BY of_day
            )
            """, """
            SELECT of_day AS bucket, sums
            FROM
            (
                SELECT toStartOfDay(bucket, 'UTC') AS of_day,
            """ + SUMS + """
                FROM invocation_rollups FINAL
                WHERE organization_id = {organization:String}
                  AND bucket >= {from:DateTime('UTC')} AND bucket < {to:DateTime('UTC')}
                  AND toDate32(bucket) + (SELECT days FROM event_retention) > toDate32(now('UTC')) + 1
                  AND successful + vendor_errors + exceptions > 0
                GROUP BY of_day
            )
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
