package dev.quarry.integrations.bygroup;

import dev.quarry.csv.Column;
import dev.quarry.integrations.Cut;
import dev.quarry.integrations.Panel;
import dev.quarry.integrations.Tally;
import java.util.List;
import java.util.function.Function;

/** What the rows of all groups have in common: everything but the group's name. */
interface GroupRow {
    long invocations();

    long successful();

    long vendorErrors();

    long exceptions();

    double successRatePct();

    double p95LatencyMs();

    /**
     * A panel with a row for each group of the cut.
     *
     * @param key the column with the group's name
     */
    static <R extends GroupRow> Panel<R> panel(Cut cut, Column<R> key, Function<Tally, R> row) {
        return new Panel<>(
                cut,
                tallies -> tallies.groups(cut).stream().map(row).toList(),
                List.of(
                        key,
                        new Column<>("invocations", GroupRow::invocations),
                        new Column<>("successful", GroupRow::successful),
                        new Column<>("vendor_errors", GroupRow::vendorErrors),
                        new Column<>("exceptions", GroupRow::exceptions),
                        new Column<>("success_rate_pct", GroupRow::successRatePct),
                        new Column<>("p95_latency_ms", GroupRow::p95LatencyMs)));
    }
}
