package dev.quarry.metrics;

import dev.quarry.cache.AnswerCache;
import dev.quarry.caller.Caller;
import dev.quarry.retention.DataSince;
import dev.quarry.time.WholeDays;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.RestResponse;

/** Answers requests for a metric by day. */
@ApplicationScoped
public class DailySeries {
    private final SecurityIdentity identity;
    private final AnswerCache cache;
    private final DataSince since;

    DailySeries(SecurityIdentity identity, AnswerCache cache, DataSince since) {
        this.identity = identity;
        this.cache = cache;
        this.since = since;
    }

    /** Reads the values of days; a day without a value is 0. */
    @FunctionalInterface
    public interface Reader {
        List<TimeSeries.Point> read(Caller caller, Period period);
    }

    /** Reads the values of a slice and its groups. */
    @FunctionalInterface
    public interface SliceReader {
        List<SliceRow<TimeSeries.Point>> read(Caller caller, Period period, Slice slice);
    }

    /**
     * Answers the current request.
     *
     * @param metric the endpoint's name
     * @param earlierDays number of days before each day that its value counts too; their events must be kept as well
     */
    public RestResponse<TimeSeries> answer(
            String metric, int earlierDays, SeriesParameters asked, Reader reader, SliceReader slices) {
        return answer(metric, earlierDays, asked, asked, reader, slices);
    }

    /**
     * Answers the current request of an endpoint with more parameters.
     *
     * @param all all parameters
     */
    public RestResponse<TimeSeries> answer(
            String metric, int earlierDays, Record all, SeriesParameters asked, Reader reader, SliceReader slices) {
        Caller caller = Caller.of(identity);
        return cache.answer(caller, all, () -> {
            Period period = asked.dates().period();
            WholeDays known = since.events(period.zone()).plus(earlierDays);
            since.tell(known);
            return read(metric, caller, period, known, asked.slice(), reader, slices)
                    .with(
                            asked.comparison(),
                            period,
                            Unit.DAY,
                            asked.slice(),
                            Optional.of(known),
                            (earlier, slice) -> rows(caller, earlier, slice, reader, slices));
        });
    }

    private static TimeSeries read(
            String metric,
            Caller caller,
            Period period,
            WholeDays known,
            Slice slice,
            Reader reader,
            SliceReader slices) {
        if (slice.isWhole()) {
            return TimeSeries.of(metric, caller, period, known, reader.read(caller, period));
        }
        List<SliceRow<TimeSeries.Point>> rows = period.within(known)
                .map(kept -> slices.read(caller, kept, slice))
                .orElse(List.of());
        return TimeSeries.of(metric, caller, period, Unit.DAY, slice, rows);
    }

    private static List<SliceRow<TimeSeries.Point>> rows(
            Caller caller, Period period, Slice slice, Reader reader, SliceReader slices) {
        return slice.isWhole() ? SliceRow.ofWhole(reader.read(caller, period)) : slices.read(caller, period, slice);
    }
}
