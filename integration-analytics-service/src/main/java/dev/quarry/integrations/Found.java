package dev.quarry.integrations;

import dev.quarry.clickhouse.Row;

/**
 * A tally from the engine, with the totals of its cut.
 *
 * @param current true for the requested window, false for the window before
 * @param omitted how many groups of the tally's cut are left out
 * @param total invocations of all groups of the tally's cut in the tally's window; for error categories, failures
 */
record Found(Tally tally, boolean current, long omitted, long total) {
    /**
     * Between this and {@link #LAST} goes a query for tallies, with the columns named here; {@code place} is the start of
     * a bucket. The result keeps the largest groups: by invocations in this window, then those without any by
     * invocations in the window before. It keeps both tallies of such a group. A period or a bucket is a group of its own
     * and always kept.
     */
    static final String FIRST = """
            SELECT
                cut, place, key,
                tally.2, tally.3, tally.4, tally.5, tally.6,
                tally.7, tally.8, tally.9, tally.10,
                tally.1 AS is_current,
                if(groups > {limit:UInt32}, groups - {limit:UInt32}, 0),
                if(is_current, total, total_before)
            FROM
            (
                SELECT
                    cut, place, key,
                    groupArray((
                        current, successes, vendor_failures, exception_failures, total_latency, largest_latency,
                        half, ninety, ninety_five, ninety_nine)) AS tallies,
                    sumIf(successes + vendor_failures + exception_failures, current) AS invocations,
                    sumIf(successes + vendor_failures + exception_failures, NOT current) AS invocations_before,
                    count() OVER (PARTITION BY cut) AS groups,
                    sum(invocations) OVER (PARTITION BY cut) AS total,
                    sum(invocations_before) OVER (PARTITION BY cut) AS total_before
                FROM
                (
            """;

    static final String LAST = """
                )
                GROUP BY cut, place, key
                HAVING invocations + invocations_before > 0
                ORDER BY invocations DESC, if(invocations = 0, invocations_before, 0) DESC, key
                LIMIT {limit:UInt32} BY cut, place
            )
            ARRAY JOIN tallies AS tally
            """;

    /** Reads the columns that follow the numbers of the tally. */
    static Found of(Tally tally, Row row) {
        return new Found(tally, row.nextBoolean(), row.nextLong(), row.nextLong());
    }
}
