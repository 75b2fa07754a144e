package dev.quarry.metrics;

import dev.quarry.caller.Caller;
import dev.quarry.retention.DataSince;
import dev.quarry.time.WholeDays;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Answers requests for a value of each day. */
@ApplicationScoped
public class DailySeries {
    private final SecurityIdentity identity;
    private final DataSince since;

    DailySeries(SecurityIdentity identity, DataSince since) {
        this.identity = identity;
        this.since = since;
    }

    /**
     * Reads the values, fills the other days with zeros, and sets the header that names the first complete day.
     *
     * @param metric the endpoint's name
     * @param daysBefore how many days before a day its value depends on, at least 0
     * @param read returns days with values, in no order
     * @param point makes the point of such a day
     */
    public <D> TimeSeries answer(
            String metric,
            Period period,
            int daysBefore,
            BiFunction<Caller, Period, List<D>> read,
            Function<D, TimeSeries.Point> point) {
        Caller caller = Caller.of(identity);
        WholeDays known = since.events(period.zone()).plus(daysBefore);
        since.tell(known);
        List<TimeSeries.Point> points =
                read.apply(caller, period).stream().map(point).toList();
        return TimeSeries.of(metric, caller, period, known, points);
    }
}
